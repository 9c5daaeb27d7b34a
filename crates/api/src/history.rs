//! What was done to a contract, in words.

use crate::texts::{Three, pick};
use cabinet_contract::history::{DoneBy, HistoryRow};
use cabinet_core::Language;
use cabinet_service::show_history::Happened;

/// A row as its subscriber reads it.
pub fn told(happened: Happened, language: Language) -> HistoryRow {
    HistoryRow {
        title: worded(&happened, language),
        id: happened.id,
        at: happened.at,
        by: match happened.actor.as_str() {
            "subscriber" => DoneBy::Subscriber,
            "staff" => DoneBy::Staff,
            _ => DoneBy::System,
        },
        act: happened.act,
        amount: happened.amount,
        day: happened.day,
        until: happened.until,
        reason: happened.reason,
    }
}

/// What was done, with the fields it was about.
fn worded(happened: &Happened, language: Language) -> String {
    let title = title(&happened.act, happened.enabled).map_or(happened.act.as_str(), |texts| pick(texts, language));
    let fields: Vec<&str> =
        happened.fields.iter().filter_map(|name| field(name)).map(|texts| pick(texts, language)).collect();
    match fields.is_empty() {
        true => title.to_owned(),
        false => format!("{title}: {}", fields.join(", ")),
    }
}

/// What an act is called; `enabled` tells the two ends of a switch and of a decision apart.
pub fn title(act: &str, enabled: Option<bool>) -> Option<Three> {
    Some(match (act, enabled) {
        ("account.adjust", _) => ["Коригування балансу", "Корректировка баланса", "Balance adjusted"],
        ("data.export", _) => ["Завантажено свої дані", "Загружены свои данные", "Own data downloaded"],
        ("days.forgiven", _) => {
            ["Пропущені дні не нараховано", "Пропущенные дни не начислены", "Missed days were not charged"]
        }
        ("draw.won", _) => ["Виграш у розіграші", "Выигрыш в розыгрыше", "Prize draw won"],
        ("email.code", _) => ["Надіслано код на e-mail", "Отправлен код на e-mail", "Code sent to the e-mail"],
        ("email.confirm", _) => ["Підтверджено e-mail", "Подтверждён e-mail", "E-mail confirmed"],
        ("email.failing", _) => {
            ["Листи на e-mail повертаються", "Письма на e-mail возвращаются", "Letters to the e-mail come back"]
        }
        ("email_bills.switch", Some(false)) => {
            ["Вимкнено рахунки на e-mail", "Выключены счета на e-mail", "Bills by e-mail switched off"]
        }
        ("email_bills.switch", _) => {
            ["Увімкнено рахунки на e-mail", "Включены счета на e-mail", "Bills by e-mail switched on"]
        }
        ("entry.reverse", _) => ["Скасовано операцію", "Отменена операция", "Entry undone"],
        ("erasure.ask", _) => {
            ["Запит на видалення даних", "Запрос на удаление данных", "Asked for the data to be erased"]
        }
        ("erasure.withdraw", _) => [
            "Відкликано запит на видалення даних",
            "Отозван запрос на удаление данных",
            "Request to erase the data taken back",
        ],
        ("login.change", _) => ["Змінено логін", "Изменён логин", "Login changed"],
        ("network_login.set", _) => {
            ["Новий пароль підключення", "Новый пароль подключения", "New secret of the connection"]
        }
        ("password.change", _) => ["Змінено пароль", "Изменён пароль", "Password changed"],
        ("password.recover", _) => [
            "Новий пароль за одноразовим кодом",
            "Новый пароль по одноразовому коду",
            "New password by a one-time code",
        ],
        ("order.undo", _) => ["Скасовано замовлення", "Отменён заказ", "Order undone"],
        ("pause.cancel", _) => ["Скасовано паузу", "Отменена пауза", "Pause taken back"],
        ("pause.change", _) => ["Змінено паузу", "Изменена пауза", "Pause changed"],
        ("pause.confirm", _) => ["Замовлено паузу", "Заказана пауза", "Pause ordered"],
        ("pause_end.confirm", _) => ["Паузу закінчено раніше", "Пауза окончена раньше", "Pause ended early"],
        ("payment.bank", _) => {
            ["Зараховано банківський переказ", "Зачислен банковский перевод", "Bank transfer credited"]
        }
        ("payment.cash", _) => ["Прийнято готівку", "Приняты наличные", "Cash taken"],
        ("payment.create", _) => ["Розпочато онлайн-оплату", "Начата онлайн-оплата", "Online payment begun"],
        ("payment.decide", _) => ["Перевірено платіж", "Проверен платёж", "Payment looked at"],
        ("payment.refund", _) => ["Повернено платіж", "Возвращён платёж", "Payment given back"],
        ("phone.code", _) => ["Надіслано код на телефон", "Отправлен код на телефон", "Code sent to the phone"],
        ("phone.confirm", _) => ["Підтверджено телефон", "Подтверждён телефон", "Phone confirmed"],
        ("phone.stopped", _) => [
            "SMS на телефон заборонено його власником",
            "SMS на телефон запрещены его владельцем",
            "Messages to the phone stopped by its owner",
        ],
        ("profile.update", _) => ["Змінено профіль", "Изменён профиль", "Profile changed"],
        ("profile_request.decide", Some(false)) => ["Відхилено запит", "Отклонён запрос", "Request declined"],
        ("profile_request.decide", _) => ["Виконано запит", "Выполнен запрос", "Request granted"],
        ("promised_payment.confirm", _) => {
            ["Увімкнено обіцяний платіж", "Включён обещанный платёж", "Promised payment taken"]
        }
        ("promised_payment.paid", _) => {
            ["Обіцяний платіж погашено", "Обещанный платёж погашен", "Promised payment paid back"]
        }
        ("push.add", _) => [
            "Увімкнено сповіщення на пристрої",
            "Включены уведомления на устройстве",
            "Notifications switched on on a device",
        ],
        ("push.remove", _) => [
            "Вимкнено сповіщення на пристрої",
            "Выключены уведомления на устройстве",
            "Notifications switched off on a device",
        ],
        ("push.set", _) => {
            ["Змінено події сповіщень", "Изменены события уведомлений", "Events of notifications changed"]
        }
        ("recovery.issue", _) => {
            ["Видано код для нового пароля", "Выдан код для нового пароля", "Code for a new password issued"]
        }
        ("recovery.send", _) => {
            ["Надіслано код для нового пароля", "Отправлен код для нового пароля", "Code for a new password sent"]
        }
        ("session.end", _) => ["Вихід", "Выход", "Signed out"],
        ("session.end_others", _) => {
            ["Вихід на інших пристроях", "Выход на других устройствах", "Signed out on other devices"]
        }
        ("session.open", _) => ["Вхід", "Вход", "Signed in"],
        ("session.reuse", _) => [
            "Сеанс завершено: його ключ використано двічі",
            "Сеанс завершён: его ключ использован дважды",
            "Session ended: its key was used twice",
        ],
        ("settings.change", _) => ["Змінено налаштування", "Изменены настройки", "Settings changed"],
        ("sms_balance.set", _) => ["Змінено SMS-баланс", "Изменён SMS-баланс", "SMS balance changed"],
        ("static_ip.confirm", _) => ["Підключено статичну IP", "Подключён статический IP", "Static address connected"],
        ("static_ip.released", _) => {
            ["Статична IP більше не діє", "Статический IP больше не действует", "Static address ended"]
        }
        ("static_ip_release.confirm", _) => {
            ["Відмова від статичної IP", "Отказ от статического IP", "Static address given up"]
        }
        ("subscriber.close", _) => ["Договір закривається", "Договор закрывается", "Contract ends"],
        ("subscriber.register", _) => ["Укладено договір", "Заключён договор", "Contract registered"],
        ("subscriber.resume", _) => ["Доступ відновлено", "Доступ восстановлен", "Access resumed"],
        ("subscriber.suspend", _) => ["Доступ призупинено", "Доступ приостановлен", "Access suspended"],
        ("tariff_change.cancel", _) => ["Скасовано зміну тарифу", "Отменена смена тарифа", "Tariff change taken back"],
        ("tariff_change.confirm", _) => ["Замовлено зміну тарифу", "Заказана смена тарифа", "Tariff change ordered"],
        ("terminal_payment.cancel", _) => {
            ["Скасовано платіж термінала", "Отменён платёж терминала", "Terminal payment taken back"]
        }
        ("terminal_payment.credit", _) => {
            ["Зараховано платіж термінала", "Зачислен платёж терминала", "Terminal payment credited"]
        }
        ("ticket.answer", _) => {
            ["Підтримка відповіла на звернення", "Поддержка ответила на обращение", "Support answered a request"]
        }
        ("ticket.close", _) => ["Звернення закрито", "Обращение закрыто", "Request closed"],
        ("ticket.open", _) => ["Надіслано звернення", "Отправлено обращение", "Request sent"],
        ("ticket.reopen", _) => ["Звернення відкрито знову", "Обращение открыто снова", "Request opened again"],
        ("ticket.write", _) => ["Дописано до звернення", "Дописано к обращению", "Message added to a request"],
        ("turbo.returned", _) => [
            "Турбо не ввімкнулося вчасно, гроші повернено",
            "Турбо не включилось вовремя, деньги возвращены",
            "Turbo did not start in time, its price returned",
        ],
        ("turbo.confirm", _) => ["Увімкнено Турбо", "Включено Турбо", "Turbo taken"],
        ("voucher.redeem", _) => ["Застосовано ваучер", "Применён ваучер", "Voucher redeemed"],
        _ => return None,
    })
}

/// What a field is called.
fn field(name: &str) -> Option<Three> {
    Some(match name {
        "last_name" => ["прізвище", "фамилия", "family name"],
        "first_name" => ["ім’я", "имя", "given name"],
        "middle_name" => ["по батькові", "отчество", "patronymic"],
        "name" => ["прізвище та ім’я", "фамилия и имя", "name"],
        "address" => ["адреса", "адрес", "address"],
        "phones" => ["телефони", "телефоны", "phones"],
        "email" => ["e-mail", "e-mail", "e-mail"],
        "consent_promotions" => ["згода на акції", "согласие на акции", "consent to promotions"],
        "consent_draws" => ["згода на розіграші", "согласие на розыгрыши", "consent to prize draws"],
        "erasure" => ["видалення даних", "удаление данных", "erasure of data"],
        "language" => ["мова", "язык", "language"],
        "theme" => ["тема", "тема", "theme"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabinet_core::history::DEEDS;
    use std::collections::BTreeSet;

    #[test]
    fn every_act_that_is_told_has_a_text_and_no_other_has_one() {
        let mut titles = BTreeSet::new();
        for (code, shown) in DEEDS {
            for enabled in [Some(true), Some(false)].into_iter().filter(|_| shown.is_some_and(|s| s.enabled.is_some()))
            {
                titles.insert(title(code, enabled).unwrap_or_else(|| panic!("{code} has no text")));
            }
            match shown {
                Some(_) => drop(titles.insert(title(code, None).unwrap_or_else(|| panic!("{code} has no text")))),
                None => assert_eq!(title(code, None), None, "{code} is the office's own"),
            }
        }
        let told = DEEDS.iter().filter(|(_, shown)| shown.is_some()).count();
        let switches = DEEDS.iter().filter(|(_, shown)| shown.is_some_and(|shown| shown.enabled.is_some())).count();
        assert_eq!(titles.len(), told + switches, "two acts have one text");
        assert!(titles.iter().flatten().all(|text| !text.is_empty()));
    }
}
