//! The suite itself, run as others run it: exit statuses, messages, outputs, and nothing left behind.

mod command_line;
mod exits;
mod leaks;
mod outputs;
mod remote;
mod run;
mod variants;
