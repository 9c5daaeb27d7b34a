"""An integrator's walk with the client generated from openapi/cabinet.json: sign in, read the manual's December,
have a change of tariff quoted, confirm it, and find it planned.

The server's address comes in CABINET_URL; `cargo xtask test --only python` starts one and generates the client.
"""

import os
import uuid
from decimal import Decimal

from cabinet_client import AuthenticatedClient, Client
from cabinet_client.api.auth import sign_in
from cabinet_client.api.me import get_overview
from cabinet_client.api.money import get_statement
from cabinet_client.api.provider import get_provider
from cabinet_client.api.quotes import confirm_quote
from cabinet_client.api.tariffs import list_my_tariffs, quote_tariff_change
from cabinet_client.models import Delivery, QuoteTariffChange, SignIn

WEEKS = [49, 50, 51, 52, 1]


def main() -> None:
    url = os.environ["CABINET_URL"]
    public = Client(base_url=url)

    demo = next(person for person in get_provider.sync(client=public).demo if person.login == "0000")
    tokens = sign_in.sync(
        client=public, body=SignIn(login=demo.login, password=demo.password, delivery=Delivery.BODY)
    )
    assert tokens.refresh_token, "a program gets its refresh token in the body"
    cabinet = AuthenticatedClient(base_url=url, token=tokens.access_token)

    december = get_statement.sync(client=cabinet, month="2014-12")
    assert [week.iso_week for week in december.weeks] == WEEKS, december.weeks
    assert (december.opening, december.paid, december.charged, december.closing) == (
        "24.20",
        "50.00",
        "37.10",
        "37.10",
    )
    entries = [entry for week in december.weeks for day in week.days for entry in day.entries or []]
    charges = [Decimal(entry.amount) for entry in entries if entry.amount.startswith("-")]
    assert len(charges) == 22 and sum(charges) == Decimal("-37.10"), charges

    offered = list_my_tariffs.sync(client=cabinet).items
    dearer = next(tariff for tariff in offered if Decimal(tariff.difference) > 0)
    quote = quote_tariff_change.sync(client=cabinet, body=QuoteTariffChange(tariff=dearer.code))
    order = confirm_quote.sync(client=cabinet, id=quote.id, idempotency_key=str(uuid.uuid4()))
    assert order.status == "planned", order

    planned = get_overview.sync(client=cabinet).pending_change
    assert planned.tariff.code == dearer.code, planned
    print(f"{demo.login}: December charged {december.charged}; {dearer.name} planned from {planned.starts_on}")


if __name__ == "__main__":
    main()
