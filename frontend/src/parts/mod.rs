//! Parts of pages: plain values in, events out.

pub mod amount;
pub mod balance_header;
pub mod day_card;
pub mod dialog;
pub mod field;
pub mod forecast_chart;
pub mod icon;
pub mod loaded;
pub mod month_calendar;
pub mod notice;
pub mod shell;
pub mod table;
pub mod tariff_picker;

pub use icon::icon;
