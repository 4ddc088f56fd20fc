-- From layout 1, which took order numbers and ids of instances for unique and knew no time of a click: that of the row stands
-- for it.
ALTER TABLE instances RENAME TO instances_1;
ALTER TABLE purchases RENAME TO purchases_1;
DROP INDEX purchases_by_time;
