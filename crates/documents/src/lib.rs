//! Documents of the cabinet as PDF: facts in, bytes out.
//!
//! [`bill::pdf`], [`receipt::pdf`], [`statement::pdf`] and [`guide::pdf`] each take the facts of one document and a
//! language. They lay blocks out on A4 and draw them, with the fonts they carry, as PDF/UA-1: text
//! can be selected, searched and read aloud; [`statement::csv`] is the same month for a spreadsheet. The same facts make the same bytes: nothing here knows a clock, a file or SQL.

pub mod bill;
mod csv;
mod draw;
mod face;
mod figures;
pub mod guide;
pub mod qr;
pub mod receipt;
mod sheet;
pub mod statement;
mod supplier;
mod words;

pub use supplier::{Contacts, Supplier, Vat, Ways};
