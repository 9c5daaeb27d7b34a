//! Why something is refused, in three languages.

use super::{FIELDS_WRONG, Three, pick};
use cabinet_core::refusal::WeakPassword;
use cabinet_core::{Language, Refusal, format};
use time::Date;

/// A refusal in words: why, not how much is missing nor from when it becomes possible. Those stand in the details,
/// and a client that shows both would say them twice.
pub fn refusal(refusal: &Refusal, language: Language) -> String {
    let say = |texts: Three| pick(texts, language).to_owned();
    let with_day = |texts: Three, day: Date| pick(texts, language).replace("{day}", &format::day_year(language, day));
    match refusal {
        Refusal::SignInFailed => {
            say(["Введено невірний логін або пароль.", "Введён неверный логин или пароль.", "Wrong login or password."])
        }
        Refusal::Throttled { retry_after_seconds } if *retry_after_seconds > 120 => pick(
            [
                "Забагато спроб. Зачекайте {m} хв.",
                "Слишком много попыток. Подождите {m} мин.",
                "Too many tries. Wait {m} min.",
            ],
            language,
        )
        .replace("{m}", &retry_after_seconds.div_ceil(60).to_string()),
        Refusal::Throttled { retry_after_seconds } => pick(
            [
                "Забагато спроб. Зачекайте {s} с.",
                "Слишком много попыток. Подождите {s} с.",
                "Too many tries. Wait {s} s.",
            ],
            language,
        )
        .replace("{s}", &retry_after_seconds.to_string()),
        Refusal::Busy => say([
            "Зараз забагато запитів. Спробуйте за кілька секунд.",
            "Сейчас слишком много запросов. Попробуйте через несколько секунд.",
            "Too many requests just now. Try again in a few seconds.",
        ]),
        Refusal::SessionEnded => say([
            "Сеанс завершено. Увійдіть знову.",
            "Сеанс завершён. Войдите снова.",
            "The session ended. Sign in again.",
        ]),
        Refusal::MustChangePassword => say([
            "Спочатку змініть перший пароль на свій.",
            "Сначала смените первый пароль на свой.",
            "Change the first password to one of your own before anything else.",
        ]),
        Refusal::NotPermitted => say([
            "Цей вхід не дає на це права.",
            "Этот вход не даёт на это права.",
            "Whoever signed in has no right to this.",
        ]),
        Refusal::PasswordNeeded => say([
            "Щоб змінити телефон чи e-mail, введіть свій пароль.",
            "Чтобы изменить телефон или e-mail, введите свой пароль.",
            "To change a phone or the e-mail, enter your password.",
        ]),
        Refusal::PasswordWrong => say(["Пароль введено невірно.", "Пароль введён неверно.", "The password is wrong."]),
        Refusal::PasswordWeak { reasons } => {
            reasons.iter().map(|reason| say(weak(*reason))).collect::<Vec<_>>().join(" ")
        }
        Refusal::LoginTaken => say(["Цей логін уже зайнятий.", "Этот логин уже занят.", "This login is taken."]),
        Refusal::LoginInvalid => say([
            "Логін: 3–32 латинські літери, цифри, крапка, дефіс або підкреслення, першою літера; не номер договору.",
            "Логин: 3–32 латинские буквы, цифры, точка, дефис или подчёркивание, первой буква; не номер договора.",
            "A login has 3 to 32 Latin letters, digits, dots, hyphens or underscores, begins with a letter and is no contract number.",
        ]),
        Refusal::FieldInvalid { .. } => say(FIELDS_WRONG),
        Refusal::CodeWrong => say([
            "Код невірний, використаний або застарів. Зверніться до підтримки.",
            "Код неверен, использован или устарел. Обратитесь в поддержку.",
            "The code is wrong, used or old. Call support for another.",
        ]),
        Refusal::NotFound => say(["Такого немає.", "Такого нет.", "There is no such thing."]),
        Refusal::MonthOutside { first, last } if first == last => pick(
            ["Виписка є лише за {month}.", "Выписка есть только за {month}.", "There is a statement of {month} only."],
            language,
        )
        .replace("{month}", &format::month_within(language, *first)),
        Refusal::MonthOutside { first, last } => pick(
            [
                "Виписка є за місяці з {first} по {last}.",
                "Выписка есть за месяцы с {first} по {last}.",
                "There are statements from {first} to {last}.",
            ],
            language,
        )
        .replace("{first}", &format::month_from(language, *first))
        .replace("{last}", &format::month_within(language, *last)),
        Refusal::TariffSame => {
            say(["Це ваш теперішній тариф.", "Это ваш нынешний тариф.", "This is the tariff you have."])
        }
        Refusal::TariffUnavailable => say([
            "Цей тариф вам не пропонується.",
            "Этот тариф вам не предлагается.",
            "This tariff is not offered to you.",
        ]),
        Refusal::ChangePlanned { starts_on, .. } => with_day(
            [
                "Зміна тарифу вже запланована з {day}. Скасуйте її, щоб обрати іншу, або зачекайте.",
                "Смена тарифа уже запланирована с {day}. Отмените её, чтобы выбрать другую, или подождите.",
                "A change of tariff is already planned for {day}. Cancel it to choose another, or wait.",
            ],
            *starts_on,
        ),
        Refusal::ChangeTooSoon { .. } => {
            say(["Тариф змінено нещодавно.", "Тариф сменён недавно.", "The tariff was changed a short while ago."])
        }
        Refusal::CancelLimit { .. } => say([
            "Цього місяця скасувань більше немає.",
            "В этом месяце отмен больше нет.",
            "There are no more cancellations this month.",
        ]),
        Refusal::NothingPlanned => {
            say(["Запланованих змін немає.", "Запланированных изменений нет.", "Nothing is planned."])
        }
        Refusal::FundsShort { .. } => say([
            "На рахунку замало грошей.",
            "На счёте недостаточно денег.",
            "There is not enough money on the account.",
        ]),
        Refusal::AccountBlocked { .. } => say([
            "Доступ зупинено: на рахунку бракує грошей.",
            "Доступ остановлен: на счёте не хватает денег.",
            "Access is stopped: the balance is too low.",
        ]),
        Refusal::ContractYoung { .. } => say([
            "Договір укладено нещодавно, тож обіцяний платіж ще недоступний.",
            "Договор заключён недавно, поэтому обещанный платёж ещё недоступен.",
            "The contract is too recent for a promised payment.",
        ]),
        Refusal::PromiseNotNeeded { .. } => say([
            "Поки що не потрібен: ваших грошей ще вистачає.",
            "Пока не нужен: ваших денег ещё хватает.",
            "Not needed yet: your money still lasts.",
        ]),
        Refusal::PromiseActive { until, .. } => with_day(
            [
                "Обіцяний платіж уже діє: до {day}.",
                "Обещанный платёж уже действует: до {day}.",
                "A promised payment is running, until {day}.",
            ],
            *until,
        ),
        Refusal::PromiseUnpaid { taken_on, possible_from: None, .. } => with_day(
            [
                "Обіцяний платіж від {day} не погашено. Новий стане доступним одразу після оплати.",
                "Обещанный платёж от {day} не погашен. Новый станет доступен сразу после оплаты.",
                "The promised payment of {day} is not paid back. Another is possible right after it is.",
            ],
            *taken_on,
        ),
        Refusal::PromiseUnpaid { taken_on, .. } => with_day(
            [
                "Обіцяний платіж від {day} не погашено.",
                "Обещанный платёж от {day} не погашен.",
                "The promised payment of {day} is not paid back.",
            ],
            *taken_on,
        ),
        Refusal::PromiseLimit { .. } => say([
            "Обіцяний платіж цього місяця вже використано.",
            "Обещанный платёж этого месяца уже использован.",
            "The promised payment of this month has been used.",
        ]),
        Refusal::AccountPaused { until, .. } => with_day(
            [
                "Послугу поставлено на паузу до {day}.",
                "Услуга на паузе до {day}.",
                "The service is paused until {day}.",
            ],
            *until,
        ),
        Refusal::TurboUnavailable => {
            say(["Такого Турбо не пропонується.", "Такое Турбо не предлагается.", "Such Turbo is not offered."])
        }
        Refusal::TurboNotFaster => {
            say(["Ваш тариф уже такий швидкий.", "Ваш тариф уже такой быстрый.", "Your tariff is as fast already."])
        }
        Refusal::TurboRunning { possible_from, .. } => with_day(
            [
                "Працює Турбо: пауза може початися з {day}.",
                "Работает Турбо: пауза может начаться с {day}.",
                "Turbo is running: a pause can begin on {day}.",
            ],
            *possible_from,
        ),
        Refusal::PausePlanned { starts_on, .. } => with_day(
            ["З {day} запланована пауза.", "С {day} запланирована пауза.", "A pause is planned from {day}."],
            *starts_on,
        ),
        Refusal::PauseLength { least, most } => pick(
            [
                "Пауза триває від {least} до {most} днів.",
                "Пауза длится от {least} до {most} дней.",
                "A pause lasts {least} to {most} days.",
            ],
            language,
        )
        .replace("{least}", &least.to_string())
        .replace("{most}", &most.to_string()),
        Refusal::PauseStart { possible_from, latest } => pick(
            [
                "Пауза може початися з {first} до {last}.",
                "Пауза может начаться с {first} до {last}.",
                "A pause can begin from {first} to {last}.",
            ],
            language,
        )
        .replace("{first}", &format::day_year(language, *possible_from))
        .replace("{last}", &format::day_year(language, *latest)),
        Refusal::PauseTooSoon { possible_from } => with_day(
            [
                "Попередня пауза була нещодавно. Наступна може початися з {day}.",
                "Предыдущая пауза была недавно. Следующая может начаться с {day}.",
                "The last pause was a short while ago. Another can begin on {day}.",
            ],
            *possible_from,
        ),
        Refusal::NotPaused => say(["Паузи немає.", "Паузы нет.", "There is no pause."]),
        Refusal::PauseEnding { resumes_on } => with_day(
            [
                "Пауза закінчується сьогодні: доступ буде з {day}.",
                "Пауза заканчивается сегодня: доступ будет с {day}.",
                "The pause ends today: service goes on on {day}.",
            ],
            *resumes_on,
        ),
        Refusal::PauseStarted => say([
            "Пауза вже почалася: її можна лише завершити раніше.",
            "Пауза уже началась: её можно только завершить раньше.",
            "The pause has begun: it can only be ended early.",
        ]),
        Refusal::PoolEmpty => {
            say(["Вільних адрес зараз немає.", "Свободных адресов сейчас нет.", "No address is free just now."])
        }
        Refusal::StaticIpConnected => say([
            "Статичну адресу вже підключено.",
            "Статический адрес уже подключён.",
            "A static address is connected already.",
        ]),
        Refusal::StaticIpAbsent => {
            say(["Статичної адреси немає.", "Статического адреса нет.", "There is no static address."])
        }
        Refusal::StaticIpEnding { until, .. } => with_day(
            [
                "Від адреси вже відмовилися: вона діє до кінця дня {day}.",
                "От адреса уже отказались: он действует до конца дня {day}.",
                "The address is given up already: it serves to the end of {day}.",
            ],
            *until,
        ),
        Refusal::UndoOver => {
            say(["Скасувати це вже не можна.", "Отменить это уже нельзя.", "This cannot be undone any more."])
        }
        Refusal::UndoSpent { .. } => say([
            "Цього місяця таку дію вже скасовано.",
            "В этом месяце такое действие уже отменено.",
            "Such an act was undone this month already.",
        ]),
        Refusal::AccountSuspended => say([
            "Послугу призупинено. Зверніться до підтримки.",
            "Услуга приостановлена. Обратитесь в поддержку.",
            "The service is suspended. Call support.",
        ]),
        Refusal::AccountClosed => say([
            "Договір закрито, або сьогодні його останній день.",
            "Договор закрыт, или сегодня его последний день.",
            "The contract is closed, or this is its last day.",
        ]),
        Refusal::QuoteStale => say([
            "Дані змінилися, тож розрахунок застарів. Перегляньте новий.",
            "Данные изменились, расчёт устарел. Посмотрите новый.",
            "Things have changed since the quote. Look at the new one.",
        ]),
        Refusal::EditStale => say([
            "Відтоді, як ви це прочитали, дані змінилися. Прочитайте їх знову.",
            "С тех пор, как вы это прочитали, данные изменились. Прочитайте их снова.",
            "This has changed since you read it. Read it again.",
        ]),
        Refusal::QuoteExpired => say(["Час розрахунку минув.", "Время расчёта истекло.", "The quote's time is over."]),
        Refusal::QuoteUsed => say([
            "Цей розрахунок уже підтверджено.",
            "Этот расчёт уже подтверждён.",
            "This quote was confirmed before.",
        ]),
        Refusal::KeyReused => say([
            "Цей Idempotency-Key уже належить іншому запиту.",
            "Этот Idempotency-Key уже принадлежит другому запросу.",
            "This Idempotency-Key belongs to another request.",
        ]),
        Refusal::KeyInProgress => say([
            "Такий самий запит ще виконується.",
            "Такой же запрос ещё выполняется.",
            "The same request is still being worked on.",
        ]),
        Refusal::ContractTaken => {
            say(["Такий номер договору вже є.", "Такой номер договора уже есть.", "This contract number is taken."])
        }
        Refusal::ReferenceTaken => say([
            "Платіж із таким номером записано на іншу суму.",
            "Платёж с таким номером записан на другую сумму.",
            "A payment with this reference was recorded with another amount.",
        ]),
        Refusal::NotSuspended => {
            say(["Послугу не призупинено.", "Услуга не приостановлена.", "The service is not suspended."])
        }
        Refusal::AmountInvalid { least, most } => pick(
            [
                "Сума платежу — від {least} до {most}.",
                "Сумма платежа — от {least} до {most}.",
                "A payment is of {least} to {most}.",
            ],
            language,
        )
        .replace("{least}", &format::money(language, *least))
        .replace("{most}", &format::money(language, *most)),
        Refusal::BillSettled => say([
            "За цим рахунком платити не потрібно: його сплачено або замінено пізнішим.",
            "По этому счёту платить не нужно: он оплачен или заменён более поздним.",
            "This bill needs no payment: it is paid, or a later one replaced it.",
        ]),
        Refusal::MethodUnavailable => say([
            "Цей спосіб оплати зараз недоступний.",
            "Этот способ оплаты сейчас недоступен.",
            "This way to pay is not available now.",
        ]),
        Refusal::TooManyPayments => say([
            "Кілька платежів уже чекають на оплату. Завершіть один із них або зачекайте.",
            "Несколько платежей уже ждут оплаты. Завершите один из них или подождите.",
            "Several payments already wait to be paid. Finish one of them, or wait.",
        ]),
        Refusal::GatewayAway => say([
            "Платіжна система не відповідає. Гроші не списано; спробуйте ще раз або іншим способом.",
            "Платёжная система не отвечает. Деньги не списаны; попробуйте ещё раз или другим способом.",
            "The payment system does not answer. Nothing was taken; try again, or another way.",
        ]),
        Refusal::NotReversible => {
            say(["Цей запис не можна скасувати.", "Эту запись нельзя отменить.", "This entry cannot be undone."])
        }
        Refusal::AlreadyReversed => {
            say(["Цей запис уже скасовано.", "Эта запись уже отменена.", "This entry was undone before."])
        }
        Refusal::RefundTooLarge { most } => pick(
            ["Повернути можна щонайбільше {most}.", "Вернуть можно не больше {most}.", "At most {most} can go back."],
            language,
        )
        .replace("{most}", &format::money(language, *most)),
        Refusal::AlreadyDecided => say(["Це вже вирішено.", "Это уже решено.", "Somebody has decided this before."]),
        Refusal::PrefixTaken => say([
            "Цей префікс IPv6 перетинається з префіксом іншої адреси.",
            "Этот префикс IPv6 пересекается с префиксом другого адреса.",
            "This IPv6 prefix overlaps that of another address.",
        ]),
        Refusal::VoucherUnknown => say([
            "Ваучера з таким кодом немає. Перевірте код.",
            "Ваучера с таким кодом нет. Проверьте код.",
            "There is no voucher with this code. Check the code.",
        ]),
        Refusal::VoucherUsed => {
            say(["Цей ваучер уже використано.", "Этот ваучер уже использован.", "This voucher was redeemed before."])
        }
        Refusal::VoucherExpired => {
            say(["Строк дії ваучера минув.", "Срок действия ваучера истёк.", "The voucher's time is over."])
        }
        Refusal::RegisterUnreadable { .. } => say([
            "Файл не читається як цей реєстр. Перевірте файл і його опис у налаштуваннях.",
            "Файл не читается как этот реестр. Проверьте файл и его описание в настройках.",
            "The file does not read as this register. Check the file and its description in the settings.",
        ]),
        Refusal::ContractOpen => say([
            "Договір ще діє: спершу його треба закрити.",
            "Договор ещё действует: сначала его надо закрыть.",
            "The contract still runs: it must be closed first.",
        ]),
        Refusal::BalanceLeft { .. } => say([
            "Баланс має бути нульовим: гроші слід повернути, борг погасити або списати.",
            "Баланс должен быть нулевым: деньги надо вернуть, долг погасить или списать.",
            "The balance must be zero: give the money back, or have the debt paid or written off.",
        ]),
        Refusal::SeriesMade { .. } => say([
            "Цю серію ваучерів уже створено, а коди показують один раз. Якщо їх втрачено, скасуйте серію.",
            "Эта серия ваучеров уже создана, а коды показываются один раз. Если они утеряны, отмените серию.",
            "This series of vouchers was made before, and codes are told once. If they are lost, cancel the series.",
        ]),
        Refusal::RefundUnsendable { whole_only: true } => say([
            "Ця платіжна система повертає лише весь платіж.",
            "Эта платёжная система возвращает только весь платёж.",
            "This gateway gives back only the whole payment.",
        ]),
        Refusal::RefundUnsendable { whole_only: false } => say([
            "Повернути цей платіж через платіжну систему не можна.",
            "Вернуть этот платёж через платёжную систему нельзя.",
            "This payment cannot be given back through its gateway.",
        ]),
        Refusal::RequisitesAbsent => say([
            "Тут рахунків і квитанцій для друку ще немає. Зверніться до підтримки.",
            "Здесь счетов и квитанций для печати ещё нет. Обратитесь в поддержку.",
            "Bills and receipts cannot be printed here yet. Call support.",
        ]),
        Refusal::PaymentNotCredited => say([
            "Квитанція буває лише за платежем, що зараховано на рахунок.",
            "Квитанция бывает только по платежу, который зачислен на счёт.",
            "There is a receipt only of a payment that is on the balance.",
        ]),
        Refusal::ContactAbsent => say([
            "У профілі немає цього контакту. Спершу впишіть і збережіть його.",
            "В профиле нет этого контакта. Сначала впишите и сохраните его.",
            "There is no such contact in the profile. Write and save it first.",
        ]),
        Refusal::ContactConfirmed => {
            say(["Контакт уже підтверджено.", "Контакт уже подтверждён.", "The contact is confirmed already."])
        }
        Refusal::ContactUnconfirmed => say([
            "Спершу підтвердьте контакт у профілі: e-mail для листів, телефон для SMS.",
            "Сначала подтвердите контакт в профиле: e-mail для писем, телефон для SMS.",
            "Confirm the contact in the profile first: the e-mail for letters, the phone for SMS.",
        ]),
        Refusal::ContactCodeWrong => say([
            "Код невірний, використаний або застарів. Перевірте його або візьміть новий.",
            "Код неверен, использован или устарел. Проверьте его или возьмите новый.",
            "The code is wrong, used or old. Check it, or ask for another.",
        ]),
        Refusal::TicketsWaiting { most } => pick(
            [
                "Відповіді вже чекають звернення: {n}. Допишіть до одного з них або зачекайте на відповідь.",
                "Ответа уже ждут обращения: {n}. Допишите к одному из них или дождитесь ответа.",
                "Requests that wait for an answer already: {n}. Add to one of them, or wait for the answer.",
            ],
            language,
        )
        .replace("{n}", &most.to_string()),
        Refusal::WritingSpent { .. } => say([
            "На сьогодні ліміт повідомлень і файлів вичерпано. Термінове скажіть телефоном.",
            "На сегодня лимит сообщений и файлов исчерпан. Срочное скажите по телефону.",
            "No more messages and files are taken today. Call about what is urgent.",
        ]),
        Refusal::FileUnfit => say([
            "Такий файл не приймається: лише PNG, JPEG, WebP, PDF або простий текст.",
            "Такой файл не принимается: только PNG, JPEG, WebP, PDF или простой текст.",
            "Such a file is not taken: only PNG, JPEG, WebP, PDF or plain text.",
        ]),
        Refusal::CodesSpent { .. } => {
            say(["На сьогодні коди вичерпано.", "На сегодня коды исчерпаны.", "No more codes are sent today."])
        }
        Refusal::SmsAbsent => {
            say(["Тут SMS не надсилаються.", "Здесь SMS не отправляются.", "No short messages are sent here."])
        }
        Refusal::PushAbsent => say([
            "Сповіщення в браузер тут не надсилаються.",
            "Уведомления в браузер здесь не отправляются.",
            "No notifications to browsers are sent here.",
        ]),
        Refusal::NobodyDrawn => say([
            "Немає договорів, що погодилися на розіграші й оновили контакти від цього дня.",
            "Нет договоров, которые согласились на розыгрыши и обновили контакты с этого дня.",
            "No contract consented to draws and renewed its contacts since that day.",
        ]),
        Refusal::MailAbsent => {
            say(["Листи тут не надсилаються.", "Письма здесь не отправляются.", "No letters are sent here."])
        }
        Refusal::DayInFuture { today } => with_day(
            [
                "Цей день ще не настав: сьогодні {day}.",
                "Этот день ещё не наступил: сегодня {day}.",
                "That day has not come yet: today is {day}.",
            ],
            *today,
        ),
    }
}

fn weak(reason: WeakPassword) -> Three {
    match reason {
        WeakPassword::TooShort => ["Пароль закороткий.", "Пароль слишком короткий.", "The password is too short."],
        WeakPassword::TooLong => ["Пароль задовгий.", "Пароль слишком длинный.", "The password is too long."],
        WeakPassword::Common => [
            "Цей пароль вгадають одним із перших.",
            "Этот пароль угадают одним из первых.",
            "This password is among the first to be guessed.",
        ],
        WeakPassword::Personal => [
            "Пароль не має містити номера договору, логіна чи телефону.",
            "Пароль не должен содержать номер договора, логин или телефон.",
            "The password must not hold the contract number, login or phone.",
        ],
        WeakPassword::Unchanged => [
            "Новий пароль такий самий, як старий.",
            "Новый пароль такой же, как старый.",
            "The new password is the old one.",
        ],
    }
}
