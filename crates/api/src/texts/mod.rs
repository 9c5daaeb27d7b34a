//! Texts the server words itself, in its three languages.

mod refusals;
mod titles;

pub use refusals::refusal;
pub use titles::title;

use crate::problem::{Kind, Wire};
use cabinet_contract::provider::DemoSignIn;
use cabinet_core::ledger::EntryKind;
use cabinet_core::staff::Role;
use cabinet_core::{Language, Money};
use cabinet_service::demo::{self, Shows};

/// One text in Ukrainian, Russian and English.
pub type Three = [&'static str; 3];

/// Which fields, the details tell.
const FIELDS_WRONG: Three = ["Перевірте, що введено.", "Проверьте, что введено.", "Check what you entered."];

/// The text in a language.
pub fn pick(texts: Three, language: Language) -> &'static str {
    match language {
        Language::Uk => texts[0],
        Language::Ru => texts[1],
        Language::En => texts[2],
    }
}

/// What happened, in the caller's language.
pub fn detail(kind: &Kind, language: Language) -> String {
    match kind {
        Kind::Wire(wire) => pick(wire_detail(*wire), language).to_owned(),
        Kind::Refused(why) => refusal(why, language),
    }
}

fn wire_detail(wire: Wire) -> Three {
    match wire {
        Wire::BadJson => [
            "Тіло запиту не читається як JSON.",
            "Тело запроса не читается как JSON.",
            "The body of the request does not read as JSON.",
        ],
        Wire::BadPath => [
            "В адресі запиту є те, чого не може бути.",
            "В адресе запроса есть то, чего не может быть.",
            "The address of the request holds something that cannot be.",
        ],
        Wire::BadQuery => [
            "Параметр запиту не читається.",
            "Параметр запроса не читается.",
            "A parameter of the query cannot be read.",
        ],
        Wire::BadKey => [
            "Потрібен заголовок Idempotency-Key: від 1 до 255 друкованих знаків.",
            "Нужен заголовок Idempotency-Key: от 1 до 255 печатных знаков.",
            "The header Idempotency-Key is needed: 1 to 255 printable characters.",
        ],
        Wire::TooSlow => [
            "Тіло запиту не надійшло вчасно.",
            "Тело запроса не поступило вовремя.",
            "The body of the request did not arrive in time.",
        ],
        Wire::Invalid => FIELDS_WRONG,
        Wire::Unauthenticated => ["Увійдіть до кабінету.", "Войдите в кабинет.", "Sign in first."],
        Wire::Forbidden => {
            ["Звідси цього зробити не можна.", "Отсюда этого сделать нельзя.", "This cannot be done from there."]
        }
        Wire::NotFound => ["Тут нічого немає.", "Здесь ничего нет.", "There is nothing here."],
        Wire::MethodNotAllowed => [
            "Цей метод тут не підтримується.",
            "Этот метод здесь не поддерживается.",
            "This method is not offered here.",
        ],
        Wire::TooLarge => ["Запит завеликий.", "Запрос слишком велик.", "The request is too large."],
        Wire::UnsupportedMediaType => [
            "Тіло запиту має бути application/json.",
            "Тело запроса должно быть application/json.",
            "The body of the request must be application/json.",
        ],
        Wire::Unavailable => [
            "Кабінет тимчасово недоступний. Спробуйте за хвилину.",
            "Кабинет временно недоступен. Попробуйте через минуту.",
            "The cabinet is unavailable for a moment. Try again in a minute.",
        ],
        Wire::Internal => [
            "Сталася помилка на нашому боці. Ми вже записали її.",
            "Произошла ошибка на нашей стороне. Мы уже записали её.",
            "Something failed on our side. It has been recorded.",
        ],
    }
}

/// What a way to pay is called: the gateways by their own names.
pub fn payment_method(code: &str, language: Language) -> String {
    match code {
        "liqpay" => "LiqPay".to_owned(),
        "monobank" => "monobank".to_owned(),
        "wayforpay" => "WayForPay".to_owned(),
        "sandbox" => pick(["Тестова оплата", "Тестовая оплата", "Test payment"], language).to_owned(),
        other => other.to_owned(),
    }
}

/// What an entry is: what comes back to the subscriber is told apart from what is taken off again.
pub fn entry(kind: EntryKind, amount: Money, language: Language) -> &'static str {
    let texts = match kind {
        EntryKind::TariffCharge => ["Абонплата", "Абонплата", "Subscription fee"],
        EntryKind::TariffChange => {
            ["Перехід на дешевший тариф", "Переход на более дешёвый тариф", "Change to a cheaper tariff"]
        }
        EntryKind::PromisedPayment => ["Обіцяний платіж, плата", "Обещанный платёж, плата", "Promised payment, price"],
        EntryKind::Turbo => ["Турбо", "Турбо", "Turbo"],
        EntryKind::Pause => ["Пауза, плата", "Пауза, плата", "Pause, price"],
        EntryKind::StaticIpCharge => ["Статична IP-адреса", "Статический IP-адрес", "Static IP address"],
        EntryKind::CashPayment => ["Готівка в офісі", "Наличные в офисе", "Cash at the office"],
        EntryKind::OnlinePayment => ["Онлайн-оплата", "Онлайн-оплата", "Online payment"],
        EntryKind::TerminalPayment => ["Термінал або банк", "Терминал или банк", "Terminal or bank"],
        EntryKind::BankTransfer => ["Банківський переказ", "Банковский перевод", "Bank transfer"],
        EntryKind::Voucher => ["Ваучер", "Ваучер", "Voucher"],
        EntryKind::Adjustment => ["Коригування", "Корректировка", "Adjustment"],
        EntryKind::Refund => ["Повернення платежу", "Возврат платежа", "Payment returned"],
        EntryKind::Reversal if amount.is_negative() => ["Сторнування", "Сторнирование", "Reversal"],
        EntryKind::Reversal => ["Повернення", "Возврат", "Returned"],
    };
    pick(texts, language)
}

/// What the price of a change is for.
pub fn tariff_change_price(language: Language) -> &'static str {
    pick(["Плата за зміну тарифу", "Плата за смену тарифа", "Price of the change of tariff"], language)
}

/// What to do about a forgotten password; the same for everyone who asks. `sent`: confirmed contacts get codes here.
pub fn recovery(sent: bool, language: Language) -> &'static str {
    let told = if sent {
        [
            "Якщо в кабінеті підтверджено телефон або e-mail, туди надійде одноразовий код. Якщо ні, зателефонуйте в підтримку.",
            "Если в кабинете подтверждён телефон или e-mail, туда придёт одноразовый код. Если нет, позвоните в поддержку.",
            "If a phone or an e-mail is confirmed in the cabinet, a one-time code comes there. If not, call support.",
        ]
    } else {
        [
            "Зателефонуйте в підтримку. Після перевірки ви отримаєте одноразовий код і задасте новий пароль.",
            "Позвоните в поддержку. После проверки вы получите одноразовый код и зададите новый пароль.",
            "Call support. After a check you are given a one-time code and set a new password.",
        ]
    };
    pick(told, language)
}

/// Whom to sign in as in the demo, and what each of them shows.
pub fn demo(language: Language) -> Vec<DemoSignIn> {
    let about = |shows| match shows {
        Shows::Manual => [
            "Грудень 2014 року з посібника, живе донині",
            "Декабрь 2014 года из руководства, живёт доныне",
            "December 2014 of the manual, living to this day",
        ],
        Shows::Blocked => [
            "Доступ зупинено: на рахунку забракло грошей",
            "Доступ остановлен: на счёте не хватило денег",
            "Stopped: the money ran out",
        ],
        Shows::Downgrade => [
            "Запланований перехід на дешевший тариф",
            "Запланированный переход на более дешёвый тариф",
            "A planned change to a cheaper tariff",
        ],
        Shows::Turbo => [
            "Працює Турбо, підключено статичну IP-адресу",
            "Работает Турбо, подключён статический IP-адрес",
            "Turbo is running, a static address is connected",
        ],
        Shows::Paused => ["Послугу поставлено на паузу", "Услуга на паузе", "The service is paused"],
    };
    demo::SUBSCRIBERS
        .iter()
        .map(|subscriber| DemoSignIn {
            login: subscriber.login.to_owned(),
            password: demo::PASSWORD.to_owned(),
            about: pick(about(subscriber.shows), language).to_owned(),
        })
        .collect()
}

/// Whom staff sign in as in the demo, one of each role.
pub fn demo_staff(language: Language) -> Vec<DemoSignIn> {
    let sign_in = |member: &demo::DemoMember| DemoSignIn {
        login: member.login.to_owned(),
        password: demo::PASSWORD.to_owned(),
        about: role(member.role, language).to_owned(),
    };
    demo::STAFF.iter().map(sign_in).collect()
}

/// What a role is called.
pub fn role(role: Role, language: Language) -> &'static str {
    let texts = match role {
        Role::Cashier => ["Касир: платежі", "Кассир: платежи", "Cashier: payments"],
        Role::Support => ["Підтримка: абоненти", "Поддержка: абоненты", "Support: subscribers"],
        Role::Manager => [
            "Керівник: тарифи, правила, коригування",
            "Менеджер: тарифы, правила, корректировки",
            "Manager: tariffs, policy, adjustments",
        ],
        Role::Admin => ["Адміністратор: усе", "Администратор: всё", "Admin: everything"],
    };
    pick(texts, language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_off_again_is_told_apart_from_what_comes_back() {
        let told = |kind, kopecks| entry(kind, Money::from_kopecks(kopecks), Language::Uk);
        assert_eq!(told(EntryKind::Reversal, -50_00), "Сторнування");
        assert_eq!(told(EntryKind::Reversal, 25_00), "Повернення");
        assert_eq!(told(EntryKind::Refund, -10_00), "Повернення платежу");
    }
}
