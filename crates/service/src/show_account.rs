//! The header, the statement, the book and the forecast: reads.

use crate::change_tariff::Pending;
use crate::show_network::Following;
use crate::{Error, Service};
use cabinet_core::calendar::{Month, days};
use cabinet_core::forecast::{self, DayAhead, Outlook, Part};
use cabinet_core::ledger::Entry;
use cabinet_core::statement::{self, Facts, Sheet, lay_out};
use cabinet_core::tariff::Tariff;
use cabinet_core::{Account, Now, Refusal};
use cabinet_store::ledger::Filter;
use cabinet_store::{accounts, ledger, spells};
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

use crate::Ground;

/// The header's facts.
#[derive(Clone, Debug)]
pub struct OverviewFacts {
    /// Contract number.
    pub contract: String,
    /// Full name.
    pub name: String,
    /// The account.
    pub account: Account,
    /// Why staff suspended it.
    pub suspended_reason: Option<String>,
    /// Letters to the e-mail are refused.
    pub email_failing: bool,
    /// The present tariff.
    pub tariff: Tariff,
    /// The tariff that waits for its day.
    pub pending: Option<Pending>,
    /// How long the money lasts.
    pub outlook: Outlook,
    /// Whether the network gives what is wished.
    pub network: Following,
    /// The moment.
    pub now: Now,
}

/// A month, its bounds, and the names of the tariffs charged.
#[derive(Clone, Debug)]
pub struct StatementFacts {
    /// The month laid out.
    pub sheet: Sheet,
    /// The contract's first month.
    pub first_month: Month,
    /// The present month.
    pub last_month: Month,
    /// The business day.
    pub today: Date,
    /// For the names of tariffs.
    pub ground: Arc<Ground>,
}

/// A year and the bounds of the contract.
#[derive(Clone, Debug)]
pub struct YearFacts {
    /// The months in sums.
    pub year: statement::Year,
    /// The contract's first month.
    pub first_month: Month,
    /// The present month.
    pub last_month: Month,
    /// The business day.
    pub today: Date,
}

/// The balance as it was this month and as it will be.
#[derive(Clone, Debug)]
pub struct ForecastFacts {
    /// Balance at the end of each past day of the month, today included.
    pub past: Vec<DayAhead>,
    /// The coming days without any payment.
    pub coming: Vec<DayAhead>,
    /// The coming days with the recommended payment made today.
    pub with_payment: Vec<DayAhead>,
    /// Dates and the recommended sum.
    pub outlook: Outlook,
    /// The arithmetic of the recommended sum.
    pub parts: Vec<Part>,
    /// The account.
    pub account: Account,
    /// The moment.
    pub now: Now,
    /// Catalogue and policy.
    pub ground: Arc<Ground>,
}

impl Service {
    /// The header of every page, from one statement; a change that waits needs two more.
    pub async fn show_overview(&self, account: Uuid) -> Result<OverviewFacts, Error> {
        let now = self.now();
        let mut view = self.store.read().await?;
        let found = accounts::find_header(&mut view, account).await?;
        let network = self.network_of(&mut view, account, now).await?;
        drop(view);
        let accounts::Header { held, name, email_failing } = found.ok_or(Refusal::NotFound)?;
        let ground = self.ground_of(&held.account).await?;
        let pending = self.pending(&held, &ground.policy, now).await?;
        let account = held.account;
        let tariff = ground.catalogue.get(account.tariff_on(now.today)).clone();
        let outlook = forecast::outlook(&account, &ground.catalogue, &ground.policy, now);
        Ok(OverviewFacts {
            contract: held.contract,
            name,
            suspended_reason: held.suspended_reason,
            email_failing,
            tariff,
            pending,
            outlook,
            network,
            now,
            account,
        })
    }

    /// A month on the calendar, from one statement; the present month unless named.
    pub async fn show_statement(&self, account: Uuid, month: Option<Month>) -> Result<StatementFacts, Error> {
        let today = self.clock.today();
        let last_month = Month::of(today);
        let month = month.unwrap_or(last_month);
        let found = ledger::statement(&mut self.store.read().await?, account, month).await?;
        let of = found.ok_or(Refusal::NotFound)?;
        let first_month = Month::of(of.opened_on);
        if month < first_month || month > last_month {
            return Err(Refusal::MonthOutside { first: first_month, last: last_month }.into());
        }
        let ground = self.ground_naming(of.book.entries.iter().filter_map(|entry| entry.tariff.as_ref())).await?;
        let sheet = lay_out(&Facts {
            month,
            today,
            opened_on: of.opened_on,
            closed_on: of.closed_on,
            opening: of.book.opening,
            entries: of.book.entries,
            later: of.book.later,
            spells: of.spells,
        })
        .map_err(Error::internal)?;
        Ok(StatementFacts { sheet, first_month, last_month, today, ground })
    }

    /// A year in sums, its months from the contract's first to the present one.
    ///
    /// # Errors
    /// [`Refusal::MonthOutside`] if there is none.
    pub async fn show_year(&self, account: Uuid, year: i32) -> Result<YearFacts, Error> {
        let today = self.clock.today();
        let mut view = self.store.view().await?;
        let held = accounts::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let (first_month, last_month) = (Month::of(held.account.opened_on), Month::of(today));
        let outside = Refusal::MonthOutside { first: first_month, last: last_month };
        let of_year = |month| Month::new(year, month).map_err(|_| outside.clone());
        let (first, last) = (of_year(1)?.max(first_month), of_year(12)?.min(last_month));
        if first > last {
            return Err(outside.into());
        }
        let book = ledger::between(&mut view, account, first.first(), last.last()).await?;
        let year = statement::sum_up((first, last), book.opening, &book.entries).map_err(Error::internal)?;
        Ok(YearFacts { year, first_month, last_month, today })
    }

    /// The book, newest first, and the cursor of the next page.
    pub async fn list_entries(
        &self,
        account: Uuid,
        filter: Filter,
        cursor: Option<i64>,
        limit: i64,
    ) -> Result<(Vec<Entry>, Option<i64>), Error> {
        let mut entries = ledger::page(&mut self.store.read().await?, account, filter, cursor, limit + 1).await?;
        let more = entries.len() as i64 > limit;
        entries.truncate(limit as usize);
        let next = entries.last().filter(|_| more).map(|entry| entry.seq);
        Ok((entries, next))
    }

    /// One entry of the book.
    pub async fn show_entry(&self, account: Uuid, seq: i64) -> Result<Entry, Error> {
        Ok(ledger::find(&mut self.store.read().await?, account, seq).await?.ok_or(Refusal::NotFound)?)
    }

    /// The balance day by day: this month so far, and `count` days ahead with and without the recommended payment.
    pub async fn show_forecast(&self, account: Uuid, count: i64) -> Result<ForecastFacts, Error> {
        let now = self.now();
        let mut view = self.store.view().await?;
        let held = accounts::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let month = Month::of(now.today);
        let book = ledger::month(&mut view, account, month).await?;
        let stopped = spells::between(&mut view, account, month.first(), now.today).await?;
        drop(view);
        let account = held.account;
        let ground = self.ground_of(&account).await?;
        let (catalogue, policy) = (&ground.catalogue, &ground.policy);
        let outlook = forecast::outlook(&account, catalogue, policy, now);
        let mut balance = book.opening;
        let past = days(month.first().max(account.opened_on), now.today)
            .map(|date| {
                let posted: Vec<&Entry> = book.entries.iter().filter(|entry| entry.posted_on == date).collect();
                balance = posted.last().map_or(balance, |entry| entry.balance_after);
                let served = account.closed_on.is_none_or(|closed| date < closed)
                    && !stopped.iter().any(|spell| spell.holds(date));
                DayAhead { date, balance, served }
            })
            .collect();
        let ahead = |payment| forecast::forecast(&account, catalogue, policy, now, count, payment);
        Ok(ForecastFacts {
            past,
            coming: ahead(cabinet_core::Money::ZERO),
            with_payment: ahead(outlook.recommended_payment),
            parts: forecast::parts(&account, catalogue, policy, now),
            outlook,
            now,
            account,
            ground: ground.clone(),
        })
    }
}
