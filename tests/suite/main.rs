//! The suite itself, run as others run it: exit statuses, messages, outputs, and nothing left behind.

mod command_line;
mod elsewhere;
mod evidence;
mod exits;
mod killed;
mod leaks;
mod money;
mod other_site;
mod outputs;
#[path = "../processes/mod.rs"]
mod processes;
mod remote;
mod run;
mod second_opinion;
mod secrets;
mod survival;
mod terminal;
mod trees;
mod variants;
