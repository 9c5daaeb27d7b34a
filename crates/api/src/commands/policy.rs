//! `cabinet policy`: the numbers of the business rules as a file people can edit.

use super::file::File;
use super::{Failure, Which};
use crate::config::Config;
use crate::serve;
use clap::Subcommand;

#[derive(Subcommand)]
pub(super) enum Policy {
    /// Write the policy in force to a TOML file
    Export(File),
    /// Take a policy over from a TOML file: a new version, in force at once; settings that are missing get their
    /// defaults
    Import(File),
}

impl Policy {
    pub(super) fn which(&self) -> Which {
        match self {
            Policy::Export(file) | Policy::Import(file) => file.which,
        }
    }

    pub(super) async fn carry_out(self, config: Config) -> Result<(), Failure> {
        let service = serve::open(&config).await?;
        match self {
            Policy::Export(file) => {
                let ground = service.ground().await?;
                file.write("policy", &toml::to_string(&ground.policy).map_err(|why| file.wrong(why))?)?;
            }
            Policy::Import(file) => {
                let policy: cabinet_core::Policy = toml::from_str(&file.read()?).map_err(|why| file.wrong(why))?;
                policy.check().map_err(|why| file.wrong(why))?;
                let told = if service.import_policy(&policy).await? { "policy taken over" } else { "nothing changed" };
                println!("{told}");
            }
        }
        service.store.close().await;
        Ok(())
    }
}
