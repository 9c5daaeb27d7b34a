//! What a member of staff does with the catalogue, the policy and a subscriber's bills.

use crate::{Client, Method, PendingFile, Query, Request, Result, with_body};
use cabinet_contract::bill::{Bill, BillBrief};
use cabinet_contract::page::Page;
use cabinet_contract::paths;
use cabinet_contract::staff_catalogue::{EditedCatalogue, ReplaceCatalogue};
use cabinet_contract::staff_policy::{EditedPolicy, ReplacePolicy};
use cabinet_core::Month;
use uuid::Uuid;

impl Client {
    /// `getCatalogue`: every tariff, as it is edited.
    pub async fn catalogue(&self) -> Result<EditedCatalogue> {
        self.own(Request::new(Method::Get, paths::STAFF_CATALOGUE)).await
    }

    /// `replaceCatalogue`: the whole of it, at the revision that was read.
    pub async fn replace_catalogue(&self, edited: &ReplaceCatalogue) -> Result<EditedCatalogue> {
        self.own(with_body(Method::Put, paths::STAFF_CATALOGUE, edited)).await
    }

    /// `getPolicy`: every setting in force.
    pub async fn policy(&self) -> Result<EditedPolicy> {
        self.own(Request::new(Method::Get, paths::STAFF_POLICY)).await
    }

    /// `replacePolicy`: the whole of it, at the revision that was read.
    pub async fn replace_policy(&self, edited: &ReplacePolicy) -> Result<EditedPolicy> {
        self.own(with_body(Method::Put, paths::STAFF_POLICY, edited)).await
    }

    /// `listSubscriberBills`: the newest first.
    pub async fn subscriber_bills(&self, account: Uuid, cursor: Option<&str>) -> Result<Page<BillBrief>> {
        let mut path = Query::new(&paths::STAFF_BILLS.replace("{id}", &account.to_string()));
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `getSubscriberBill`: the one dated the 1st of a month, line by line.
    pub async fn subscriber_bill(&self, account: Uuid, dated: Month) -> Result<Bill> {
        self.own(Request::new(Method::Get, of_bill(paths::STAFF_BILL, account, dated))).await
    }

    /// `getSubscriberBillPdf`: the one dated the 1st of a month, on paper.
    pub fn subscriber_bill_pdf(&self, account: Uuid, dated: Month) -> PendingFile<'_> {
        self.file(of_bill(paths::STAFF_BILL_PDF, account, dated))
    }
}

fn of_bill(path: &str, account: Uuid, dated: Month) -> String {
    path.replace("{id}", &account.to_string()).replace("{bill}", &dated.to_string())
}
