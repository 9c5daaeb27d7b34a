// The walk of an integrator, as far as a compiler can take it: every field named here must exist with this type.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/cabinet.js";

type Quote = components["schemas"]["Quote"];

/** Signs in, reads a month, and changes the tariff when the quote costs nothing now. */
export async function walk(baseUrl: string, login: string, password: string, tariff: string): Promise<string> {
  const cabinet = createClient<paths>({ baseUrl });
  const signedIn = await cabinet.POST("/api/v1/auth/sign-in", { body: { login, password, delivery: "body" } });
  if (!signedIn.data) {
    throw new Error(signedIn.error.code);
  }
  const headers = { authorization: `Bearer ${signedIn.data.access_token}` };

  const statement = await cabinet.GET("/api/v1/me/statement", { headers, params: { query: { month: "2014-12" } } });
  if (!statement.data) {
    throw new Error(statement.error.code);
  }
  const charged: string = statement.data.charged;
  const weeks: number[] = statement.data.weeks.map((week) => week.iso_week);

  const quoted = await cabinet.POST("/api/v1/me/tariff-change/quote", { headers, body: { tariff } });
  if (!quoted.data) {
    throw new Error(quoted.error.code);
  }
  const quote: Quote = quoted.data;
  if (quote.lines.every((line) => line.amount === "0.00")) {
    const order = await cabinet.POST("/api/v1/me/quotes/{id}/confirm", {
      headers,
      params: { path: { id: quote.id }, header: { "Idempotency-Key": crypto.randomUUID() } },
    });
    if (!order.data) {
      throw new Error(order.error.code);
    }
    return order.data.status;
  }
  return `${charged} in weeks ${weeks.join(", ")}`;
}
