//! Tariffs and services, quoted and confirmed; how the connection stands.

use crate::{Client, Method, Query, Request, Result, keyed, with_body};
use cabinet_contract::network::Network;
use cabinet_contract::page::Page;
use cabinet_contract::paths;
use cabinet_contract::quote::{Order, Quote};
use cabinet_contract::services::{PauseWish, QuoteStaticIp, QuoteTurbo, Services, StaticIpWish};
use cabinet_contract::tariff::{MyTariffs, QuoteTariffChange, Tariffs};
use uuid::Uuid;

impl Client {
    /// `getServices`: what is switched on beside the tariff.
    pub async fn services(&self) -> Result<Services> {
        self.own(Request::new(Method::Get, paths::SERVICES)).await
    }

    /// `getNetwork`: how the connection stands.
    pub async fn network(&self) -> Result<Network> {
        self.own(Request::new(Method::Get, paths::NETWORK)).await
    }

    /// `quoteTurbo`: what Turbo of an option would do.
    pub async fn quote_turbo(&self, option: &str) -> Result<Quote> {
        let body = QuoteTurbo { option: option.to_owned() };
        self.own(with_body(Method::Post, paths::TURBO_QUOTE, &body)).await
    }

    /// `quotePause`: what a pause would do.
    pub async fn quote_pause(&self, wish: PauseWish) -> Result<Quote> {
        self.own(with_body(Method::Post, paths::PAUSE_QUOTE, &wish)).await
    }

    /// `quotePauseEnd`: what ending the pause would do.
    pub async fn quote_pause_end(&self) -> Result<Quote> {
        self.own(Request::new(Method::Post, paths::PAUSE_END_QUOTE)).await
    }

    /// `changePause`: moves the pause that waits.
    pub async fn change_pause(&self, wish: PauseWish, key: Uuid) -> Result<Order> {
        self.own(keyed(with_body(Method::Patch, paths::PAUSE, &wish), key)).await
    }

    /// `cancelPause`: takes the pause that waits back.
    pub async fn cancel_pause(&self, key: Uuid) -> Result<Order> {
        self.own(keyed(Request::new(Method::Delete, paths::PAUSE), key)).await
    }

    /// `quoteStaticIp`: what connecting a static address, or giving it up, would do.
    pub async fn quote_static_ip(&self, wish: StaticIpWish) -> Result<Quote> {
        self.own(with_body(Method::Post, paths::STATIC_IP_QUOTE, &QuoteStaticIp { wish })).await
    }

    /// `undoOrder`: takes back what was ordered by mistake.
    pub async fn undo_order(&self, id: Uuid, key: Uuid) -> Result<Order> {
        let path = paths::ORDER_UNDO.replace("{id}", &id.to_string());
        self.own(keyed(Request::new(Method::Post, path), key)).await
    }

    /// `listTariffs`: the public catalogue.
    pub async fn tariffs(&self) -> Result<Tariffs> {
        self.open(Request::new(Method::Get, paths::TARIFFS)).await
    }

    /// `listMyTariffs`: the catalogue as offered to the caller.
    pub async fn my_tariffs(&self) -> Result<MyTariffs> {
        self.own(Request::new(Method::Get, paths::MY_TARIFFS)).await
    }

    /// `quoteTariffChange`: what a change would do.
    pub async fn quote_tariff_change(&self, tariff: &str) -> Result<Quote> {
        let body = QuoteTariffChange { tariff: tariff.to_owned() };
        self.own(with_body(Method::Post, paths::TARIFF_CHANGE_QUOTE, &body)).await
    }

    /// `cancelTariffChange`: takes the planned change back.
    pub async fn cancel_tariff_change(&self, key: Uuid) -> Result<Order> {
        self.own(keyed(Request::new(Method::Delete, paths::TARIFF_CHANGE), key)).await
    }

    /// `getQuote`.
    pub async fn quote(&self, id: Uuid) -> Result<Quote> {
        self.own(Request::new(Method::Get, paths::QUOTE.replace("{id}", &id.to_string()))).await
    }

    /// `confirmQuote`: does exactly what was quoted.
    pub async fn confirm_quote(&self, id: Uuid, key: Uuid) -> Result<Order> {
        let path = paths::QUOTE_CONFIRM.replace("{id}", &id.to_string());
        self.own(keyed(Request::new(Method::Post, path), key)).await
    }

    /// `listOrders`: what was ordered, the newest first.
    pub async fn orders(&self, cursor: Option<&str>) -> Result<Page<Order>> {
        let mut path = Query::new(paths::ORDERS);
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }
}
