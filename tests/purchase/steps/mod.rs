//! What the sentences of features do: one journey or page each.

mod check;
mod circumstances;
mod configuration;
mod console;
mod entry;
mod login;
mod once;
mod orders;
mod page_state;
mod purchase;
mod returning;
mod settlement;
mod two_buyers;
