//! What buyers do across pages. Each journey ends by checking that it arrived.

mod buy;
mod deliver;
mod entry;
mod readiness;

pub use buy::{
    Again, Pressed, check_shows, check_shows_one_of_or_refuses, choose, offered_again, paid, pay, to_check_page,
};
pub use deliver::{
    be_delivered, find_instances, initialise, own_instances, take_into_use, to_console_from_result, to_new_check_page,
    vendors_day,
};
pub use entry::{
    log_in_at_console, log_in_at_purchase_page, log_in_on_home_page, take_over_session, to_product_page,
    to_purchase_page,
};
pub use readiness::should_be_ready;
