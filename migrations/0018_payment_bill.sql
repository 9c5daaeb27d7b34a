-- The bill a payment is for, by the 1st it is dated: whoever tries again pays the same one.
ALTER TABLE payment ADD COLUMN bill DATE;
