//! Parts of pages: plain values in, events out.

pub mod amount;
pub mod balance_header;
pub mod connection;
pub mod contact;
pub mod countdown;
pub mod day_card;
pub mod dialog;
pub mod download;
pub mod email;
pub mod field;
pub mod forecast_chart;
pub mod icon;
pub mod loaded;
pub mod month_calendar;
pub mod news;
pub mod notice;
pub mod older;
pub mod orders;
pub mod own_data;
pub mod pay;
pub mod promise;
pub mod push;
pub mod quote;
pub mod shell;
pub mod sms_balance;
pub mod table;
pub mod tariff_picker;
pub mod ticket;
pub mod voucher;
pub mod year_chart;

pub use icon::icon;

use leptos::prelude::*;

/// A part of a page that is drawn again when what it read has changed. Every such part is of one type: the machinery
/// behind a type of its own weighs more than most of them.
pub fn live<V: IntoAny + 'static>(draw: impl Fn() -> V + Send + 'static) -> AnyView {
    let draw: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || draw().into_any());
    draw.into_any()
}

/// The value of an attribute, told again when what it read has changed; of one type like [`live`].
pub fn told(
    tell: impl Fn() -> Option<&'static str> + Send + 'static,
) -> Box<dyn FnMut() -> Option<&'static str> + Send> {
    Box::new(tell)
}

/// What a button does; of one type likewise.
pub fn click(act: impl Fn() + 'static) -> Box<dyn FnMut(web_sys::MouseEvent)> {
    Box::new(move |_| act())
}

/// Whether something is chosen, told again likewise.
pub fn chosen(tell: impl Fn() -> bool + Send + 'static) -> Box<dyn FnMut() -> bool + Send> {
    Box::new(tell)
}
