//! The report, read with the engine that reads the pages under test.

use std::{path::Path, rc::Rc, time::Duration};

use dcdb_purchase_e2e::browser::{
    Complaint, Manners, Session, Visit,
    launch::{self, LaunchSettings},
};
use tokio::task::LocalSet;
use url::Url;

/// Opens the report and does something with it; gives what the browser complained of.
pub fn open(report: &Url, try_it: impl AsyncFnOnce(&Visit) -> anyhow::Result<()>) -> Vec<Complaint> {
    let limit = Duration::from_secs(10);
    let manners = Manners {
        hosts: dcdb_purchase_e2e::target::Hosts::default(),
        follows_tabs: false,
        listens_to_headers: false,
        overlays: Vec::new(),
        errands: Vec::new(),
        irrevocable: Vec::new(),
        dialogs: Vec::new(),
        starts: Vec::new(),
        element: limit,
        arrival: limit,
        load: limit,
        time_scale: 1.0,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let settings =
            LaunchSettings::from_variables(Path::new(env!("CARGO_BIN_EXE_dcdb-e2e")), |name| std::env::var_os(name))
                .expect("settings");
        let driver = launch::launch(&settings).await.expect("a driver");
        let session = Session::start(driver.url(), driver.capabilities(&settings)).await.expect("a browser");
        let visit = session.visit(Rc::new(manners)).await.expect("a context");
        visit.go(report).await.expect("the report");
        let tried = try_it(&visit).await;
        let complaints = visit.close().await.expect("closed");
        session.close().await.expect("closed");
        driver.end().await.expect("ended");
        tried.unwrap_or_else(|error| panic!("{error:#}\n{complaints:?}"));
        complaints
    })
}
