INSERT INTO purchases (id, run, scenario, account, name, what, region, at_ms, fen, instances, clicked_ms, settled, stage, order_no, note)
  SELECT id, run, scenario, account, name, what, region, at_ms, fen, instances,
         CASE WHEN stage = 'intent' THEN NULL ELSE at_ms END, 1, stage, order_no, note
  FROM purchases_1;
INSERT INTO instances (id, purchase, returned) SELECT id, purchase, returned FROM instances_1;
DROP TABLE instances_1;
DROP TABLE purchases_1;
