//! Pages: each owns what it reads and puts parts together.

pub mod bills;
pub mod help;
pub mod kept;
pub mod later;
pub mod not_found;
pub mod overview;
pub mod password;
pub mod pay;
pub mod profile;
pub mod services;
pub mod settings;
pub mod sign_in;
pub mod statement;
pub mod tariffs;
pub mod year;
