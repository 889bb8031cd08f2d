-- The job of an order, done inside PostgreSQL: parse, normalise five identity keys, find, create or merge the customer,
-- drop re-deliveries, store the order, keep totals. One call is one transaction. The database has the locale C, so that
-- upper and lower know ASCII only, as everywhere else in the comparison.

CREATE TABLE customers (
    id bigint PRIMARY KEY, orders bigint NOT NULL, total bigint NOT NULL, redirect bigint
) WITH (fillfactor = 80);
CREATE INDEX customers_by_redirect ON customers (redirect) WHERE redirect IS NOT NULL;
CREATE TABLE identity_keys (key text PRIMARY KEY, customer bigint NOT NULL);
CREATE TABLE orders (name text PRIMARY KEY, customer bigint NOT NULL, placed_at text NOT NULL, json text NOT NULL);
CREATE INDEX orders_by_customer ON orders (customer, placed_at);
CREATE SEQUENCE customer_numbers CACHE 1;

CREATE FUNCTION international_digits(phone text, country text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    digits text := regexp_replace(phone, '\D', '', 'g');
    code text;
BEGIN
    IF left(phone, 1) <> '+' AND left(digits, 1) = '0' THEN
        IF left(digits, 2) = '00' THEN
            digits := substr(digits, 3);
        ELSE
            code := CASE country
                WHEN 'NL' THEN '31' WHEN 'DE' THEN '49' WHEN 'BE' THEN '32' WHEN 'FR' THEN '33' WHEN 'GB' THEN '44' END;
            IF code IS NOT NULL THEN digits := code || substr(digits, 2); END IF;
        END IF;
    END IF;
    RETURN CASE WHEN length(digits) >= 8 THEN digits END;
END $$;

CREATE FUNCTION keys_of(o jsonb, place text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    customer jsonb := o->'customer';
    billing jsonb := o->'billing';
    reference text := customer->>'ref';
    email text := lower(btrim(customer->>'email'));
    phone text := international_digits(customer->>'phone', billing->>'country');
    vat_id text := customer->>'vatId';
    first text := customer->>'firstName';
    family text := customer->>'lastName';
    keys text[] := '{}';
BEGIN
    IF reference IS NOT NULL THEN keys := keys || ('r:' || place || ':' || reference); END IF;
    IF email <> '' THEN
        IF right(email, 17) = '@verkopen.bol.com' OR right(email, 22) = '@marketplace.amazon.de' THEN
            keys := keys || ('e:' || place || ':' || email);
        ELSE
            keys := keys || ('e:' || email);
        END IF;
    END IF;
    IF phone IS NOT NULL THEN keys := keys || ('p:' || phone); END IF;
    IF vat_id IS NOT NULL THEN keys := keys || ('v:' || regexp_replace(upper(vat_id), '[^A-Z0-9]', '', 'g')); END IF;
    IF first <> '' AND family IS NOT NULL THEN
        -- The first byte of the first name, as a number: half a character has no text.
        keys := keys || ('a:' || (billing->>'country') || '|'
            || regexp_replace(upper(billing->>'postalCode'), '[^A-Z0-9]', '', 'g') || '|'
            || lower(billing->>'street') || '|'
            || regexp_replace(lower(billing->>'houseNumber'), '[^a-z0-9]', '', 'g') || '|'
            || lower(family) || '|' || get_byte(convert_to(lower(left(first, 1)), 'UTF8'), 0));
    END IF;
    RETURN keys;
END $$;

CREATE FUNCTION living(number bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    next bigint;
BEGIN
    LOOP
        SELECT redirect INTO next FROM customers WHERE id = number;
        EXIT WHEN next IS NULL;
        number := next;
    END LOOP;
    RETURN number;
END $$;

-- One order. Nobody else may decide about one of its keys meanwhile: these are locked first, in one order for all; then
-- the customers, from the highest number down, as redirects lead to lower numbers. So nobody waits in a circle.
CREATE FUNCTION order_put(line text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    o jsonb := line::jsonb;
    place text := (o->>'channel') || '/' || coalesce(o->>'store', 'main');
    order_name text := place || ':' || (o->>'number');
    keys text[] := keys_of(o, place);
    amount bigint := replace(o->>'total', '.', '')::bigint;
    owned bigint;
    owners bigint[];
    owner bigint;
    next bigint;
    winner bigint;
    losers bigint[] := '{}';
    known bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hash)
        FROM (SELECT DISTINCT hashtextextended(key, 0) AS hash FROM unnest(keys || order_name) AS key ORDER BY 1) AS all_keys;
    SELECT customer INTO known FROM orders WHERE name = order_name;
    IF FOUND THEN RETURN 'C' || living(known) || ' matched 1'; END IF;

    SELECT array_agg(DISTINCT customer), count(*) INTO owners, owned FROM identity_keys WHERE key = ANY (keys);
    WHILE cardinality(owners) > 0 LOOP
        SELECT max(id) INTO owner FROM unnest(owners) AS id;
        owners := array_remove(owners, owner);
        SELECT redirect INTO next FROM customers WHERE id = owner FOR UPDATE;
        IF next IS NULL THEN
            IF winner IS NOT NULL THEN losers := losers || winner; END IF;
            winner := owner;
        ELSIF next <> ALL (owners) THEN
            owners := owners || next;
        END IF;
    END LOOP;

    IF winner IS NULL THEN
        winner := nextval('customer_numbers');
        INSERT INTO customers VALUES (winner, 1, amount, NULL);
    ELSIF losers = '{}' THEN
        UPDATE customers SET orders = orders + 1, total = total + amount WHERE id = winner;
    ELSE
        UPDATE customers SET orders = customers.orders + 1 + lost.orders, total = customers.total + amount + lost.total
            FROM (SELECT sum(c.orders)::bigint AS orders, sum(c.total)::bigint AS total
                FROM customers AS c WHERE c.id = ANY (losers)) AS lost
            WHERE id = winner;
        UPDATE customers SET redirect = winner WHERE id = ANY (losers);
        UPDATE orders SET customer = winner WHERE customer = ANY (losers);
    END IF;
    IF coalesce(owned, 0) < cardinality(keys) THEN
        INSERT INTO identity_keys SELECT key, winner FROM unnest(keys) AS key ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO orders VALUES (order_name, winner, o->>'placedAt', line);
    RETURN 'C' || winner || CASE
        WHEN losers <> '{}' THEN ' merged 0' WHEN owned > 0 THEN ' matched 0' ELSE ' created 0' END;
END $$;

-- Many orders at once, set by set; a line of answer for each. Parsing is done side by side, deciding one batch at a time.
CREATE FUNCTION orders_put(batch text) RETURNS text LANGUAGE plpgsql
    -- Plans are made when the tables are empty and kept: they must not rest on that.
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET client_min_messages = warning AS $$
DECLARE
    changed bigint;
    answer text;
BEGIN
    IF to_regclass('pg_temp.incoming') IS NULL THEN
        CREATE TEMPORARY TABLE incoming (
            item bigint PRIMARY KEY, name text, placed_at text, amount bigint, json text, keys text[], label bigint,
            own bigint, known bigint
        ) ON COMMIT DELETE ROWS;
        CREATE TEMPORARY TABLE links (item bigint, key text, owner bigint) ON COMMIT DELETE ROWS;
        CREATE INDEX links_by_item ON links (item);
        CREATE INDEX links_by_key ON links (key);
        CREATE INDEX incoming_by_label ON incoming (label);
    END IF;
    INSERT INTO incoming
        SELECT item, place || ':' || (o->>'number'), o->>'placedAt', replace(o->>'total', '.', '')::bigint, line,
            keys_of(o, place)
        FROM (
            SELECT item, line, o, (o->>'channel') || '/' || coalesce(o->>'store', 'main') AS place
            FROM (SELECT item, value::text AS line, value::text::jsonb AS o
                FROM json_array_elements(batch::json) WITH ORDINALITY AS element (value, item) OFFSET 0) AS parsed
            OFFSET 0) AS placed;
    PERFORM pg_advisory_xact_lock(1);

    -- What was there before, or earlier in the batch, is a re-delivery; the latter are told by their first item.
    UPDATE incoming SET known = orders.customer FROM orders WHERE orders.name = incoming.name;
    UPDATE incoming SET own = first.item FROM (
            SELECT name, min(item) AS item FROM incoming GROUP BY name HAVING count(*) > 1) AS first
        WHERE incoming.name = first.name AND incoming.item <> first.item AND known IS NULL;
    -- Each key of a new order, with the living customer who has it; customers who have a key count as keys too.
    INSERT INTO links
        SELECT item, wanted, coalesce(customers.redirect, customers.id)
        FROM incoming CROSS JOIN unnest(keys) AS wanted
            LEFT JOIN identity_keys ON identity_keys.key = wanted LEFT JOIN customers ON customers.id = identity_keys.customer
        WHERE known IS NULL AND own IS NULL;
    INSERT INTO links SELECT DISTINCT item, 'c:' || owner, owner FROM links WHERE owner IS NOT NULL;
    -- The lowest number that can be reached over common keys wins.
    UPDATE incoming SET label = coalesce((SELECT min(owner) FROM links WHERE links.item = incoming.item),
            nextval('customer_numbers'))
        WHERE known IS NULL AND own IS NULL;
    UPDATE incoming SET own = -label WHERE label IS NOT NULL;
    LOOP
        UPDATE incoming SET label = reached.label FROM (
                SELECT links.item, min(lowest.label) AS label FROM links JOIN (
                    SELECT key, min(label) AS label FROM links JOIN incoming USING (item) GROUP BY key
                ) AS lowest USING (key) GROUP BY links.item) AS reached
            WHERE incoming.item = reached.item AND reached.label < incoming.label;
        GET DIAGNOSTICS changed = ROW_COUNT;
        EXIT WHEN changed = 0;
    END LOOP;

    WITH lost AS (
        SELECT DISTINCT owner AS id, label AS winner FROM links JOIN incoming USING (item) WHERE owner <> label
    ), moved AS (
        UPDATE orders SET customer = winner FROM lost WHERE customer = id RETURNING 1
    ), redirected AS (
        UPDATE customers SET redirect = winner FROM lost WHERE customers.id = lost.id OR customers.redirect = lost.id
        RETURNING customers.id = lost.id AS is_lost, winner, orders, total
    ), gains AS (
        SELECT label AS id, count(*) AS orders, sum(amount) AS total FROM incoming WHERE label IS NOT NULL GROUP BY label
        UNION ALL SELECT winner, orders, total FROM redirected WHERE is_lost
    )
    INSERT INTO customers SELECT id, sum(orders), sum(total), NULL FROM gains GROUP BY id
        ON CONFLICT (id) DO UPDATE
        SET orders = customers.orders + excluded.orders, total = customers.total + excluded.total;
    INSERT INTO identity_keys SELECT DISTINCT key, label FROM links JOIN incoming USING (item) WHERE owner IS NULL;
    INSERT INTO orders SELECT name, label, placed_at, json FROM incoming WHERE label IS NOT NULL;

    SELECT string_agg('C' || CASE
            WHEN known IS NOT NULL THEN living(known) || ' matched 1'
            WHEN label IS NULL THEN (SELECT first.label FROM incoming AS first WHERE first.item = incoming.own) || ' matched 1'
            WHEN -own = label AND NOT EXISTS (SELECT FROM links WHERE links.item = incoming.item AND owner IS NOT NULL)
                THEN label || ' created 0'
            WHEN (SELECT count(DISTINCT owner) FROM links WHERE links.item = incoming.item) > 1 THEN label || ' merged 0'
            ELSE label || ' matched 0' END, E'\n' ORDER BY item)
        INTO answer FROM incoming;
    RETURN answer;
END $$;

CREATE FUNCTION customer_living(number text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT 'C' || living(substr(number, 2)::bigint) || ' matched 0'
$$;

-- Profile, totals and the last ten orders by a normalised e-mail address; {} when nobody has it.
CREATE FUNCTION customer_360(email text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    number bigint;
    answer text;
BEGIN
    SELECT living(customer) INTO number FROM identity_keys WHERE key = 'e:' || email;
    IF NOT FOUND THEN RETURN '{}'; END IF;
    SELECT '{"number":"C' || number || '","profile":' || substring(min(newest) FROM '"customer":({[^}]*})')
            || ',"totals":{"orders":' || customers.orders || ',"total":' || customers.total || '},"orders":['
            || string_agg(json, ',') || ']}'
        INTO answer
        FROM customers, (
            SELECT json, first_value(json) OVER (ORDER BY placed_at DESC) AS newest
            FROM orders WHERE customer = number ORDER BY placed_at DESC LIMIT 10) AS recent
        WHERE customers.id = number GROUP BY customers.orders, customers.total;
    RETURN answer;
END $$;
