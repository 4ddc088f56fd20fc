//! What the sentences of features do: one journey or page each.

mod check;
mod console;
mod entry;
mod orders;
mod page_state;
mod purchase;
