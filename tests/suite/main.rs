//! The suite itself, run as others run it: exit statuses, messages, outputs, and nothing left behind.

mod accounts;
mod bridge;
#[path = "../libraries/bundle.rs"]
mod bundle;
mod catalogue;
mod command_line;
mod daily;
mod defects;
mod disguise;
mod editor;
mod elsewhere;
mod ended_early;
mod environment;
mod every_rule;
mod evidence;
mod exits;
mod fault;
mod grid;
mod interference;
mod killed;
mod leaks;
mod ledger;
mod levers;
mod logins;
mod money;
#[path = "../other_site/server/mod.rs"]
mod nimbus;
mod notify;
mod other_site;
mod output_folder;
mod outputs;
mod pace;
mod part_of_it;
#[path = "../processes/mod.rs"]
mod processes;
mod propose;
mod propose_bought;
mod propose_doubts;
mod propose_libraries;
mod raw;
mod remote;
mod repair;
mod run;
mod scale;
mod schedule;
mod second_opinion;
mod secrets;
mod shards;
mod soak;
#[expect(dead_code, reason = "the tests of the stand-in need more of it")]
#[path = "../standin/site.rs"]
mod standin_site;
mod survival;
mod terminal;
mod today;
mod traces;
mod trees;
mod used;
mod variants;
mod writing;
