#!lua name=dossier
-- The job of an order, done inside Redis: parse, normalise five identity keys, find, create or merge the customer,
-- drop re-deliveries, store the order, keep totals. Written to be as fast as Redis Lua can be: two reads and one write
-- a call, all in plain string keys.
--
--   o:<channel>/<store>:<number>   <customer id> LF <the order as it came>
--   e: p: v: a: r: <identity key>  <customer id>
--   c:<customer id>                <number of orders> SP <total in minor units>, then for each of the last ten orders
--                                  LF <when it was placed> SP <its name>; or ><living id> once merged away
--   n                              the last customer id

-- Redis 7.0 shows a library no globals while it loads; every function calls `prepare` first.
local call, status_reply, decode, null, lower, upper, gsub, gmatch, match, find, sub, byte, format, unpack, tonumber
local concat, sort

local function prepare()
    if call then return end
    call, status_reply, decode, null = redis.call, redis.status_reply, cjson.decode, cjson.null
    lower, upper, gsub, match = string.lower, string.upper, string.gsub, string.match
    find, sub, byte, format, gmatch = string.find, string.sub, string.byte, string.format, string.gmatch
    concat, sort = table.concat, table.sort
    unpack, tonumber = _G.unpack, _G.tonumber
end

local calling_codes = { NL = '31', DE = '49', BE = '32', FR = '33', GB = '44' }

local function international_digits(phone, country)
    local digits = gsub(phone, '%D', '')
    if byte(phone) ~= 43 and byte(digits) == 48 then
        if byte(digits, 2) == 48 then
            digits = sub(digits, 3)
        elseif calling_codes[country] then
            digits = calling_codes[country] .. sub(digits, 2)
        end
    end
    if #digits >= 8 then return digits end
end

local function is_relay(email)
    return sub(email, -17) == '@verkopen.bol.com' or sub(email, -22) == '@marketplace.amazon.de'
end

-- Appends the order's identity keys behind the fixed keys in `keys`; returns how many keys there are then.
local function append_identity_keys(keys, count, order, place)
    local customer, billing = order.customer, order.billing
    local reference = customer.ref
    if reference and reference ~= null then
        count = count + 1
        keys[count] = 'r:' .. place .. ':' .. reference
    end
    local email = customer.email
    if email and email ~= null then
        email = lower(match(email, '^%s*(.-)%s*$'))
        if email ~= '' then
            count = count + 1
            keys[count] = is_relay(email) and 'e:' .. place .. ':' .. email or 'e:' .. email
        end
    end
    local phone = customer.phone
    if phone and phone ~= null then
        local digits = international_digits(phone, billing.country)
        if digits then
            count = count + 1
            keys[count] = 'p:' .. digits
        end
    end
    local vat_id = customer.vatId
    if vat_id and vat_id ~= null then
        count = count + 1
        keys[count] = 'v:' .. gsub(upper(vat_id), '[^A-Z0-9]', '')
    end
    local first, last = customer.firstName, customer.lastName
    if first and first ~= null and first ~= '' and last and last ~= null then
        count = count + 1
        keys[count] = 'a:' .. billing.country .. '|' .. gsub(upper(billing.postalCode), '[^A-Z0-9]', '') .. '|'
            .. lower(billing.street) .. '|' .. gsub(lower(billing.houseNumber), '[^a-z0-9]', '') .. '|'
            .. lower(last) .. '|' .. lower(sub(first, 1, 1))
    end
    return count
end

-- Follows redirects; returns the living id and its record.
local function living(id)
    local record = call('GET', 'c:' .. id)
    while record and byte(record) == 62 do
        id = sub(record, 2)
        record = call('GET', 'c:' .. id)
    end
    return id, record
end

-- Adds the lines of a customer's last orders to `lines`; returns how many there are then.
local function append_recent(lines, count, record)
    for line in gmatch(record, '\n([^\n]+)') do
        count = count + 1
        lines[count] = line
    end
    return count
end

local function order_put(_, arguments)
    prepare()
    local json = arguments[1]
    local order = decode(json)
    local place = order.channel .. '/' .. (order.store or 'main')
    local keys = { 'o:' .. place .. ':' .. order.number, 'n' }
    local count = append_identity_keys(keys, 2, order, place)
    local owners = call('MGET', unpack(keys, 1, count))
    local stored = owners[1]
    if stored then
        return status_reply('C' .. living(sub(stored, 1, find(stored, '\n', 1, true) - 1)) .. ' matched 1')
    end

    local total = tonumber((gsub(order.total, '%.', '', 1)))
    local orders, resolution = 1, 'created'
    local writes, written = {}, 0
    local recent, recents = {}, 0
    local winner, winner_record
    for index = 3, count do
        local owner = owners[index]
        if owner and owner ~= winner then
            local id, record = living(owner)
            if not winner then
                winner, winner_record, resolution = id, record, 'matched'
            elseif id ~= winner then
                -- The older customer lives on, the younger one redirects to it and gives its totals.
                resolution = 'merged'
                local loser, loser_record = id, record
                if tonumber(id) < tonumber(winner) then
                    loser, loser_record, winner, winner_record = winner, winner_record, id, record
                end
                local more, sum = match(loser_record, '^(%d+) (%d+)')
                orders, total = orders + more, total + sum
                recents = append_recent(recent, recents, loser_record)
                call('SET', 'c:' .. loser, '>' .. winner)
            end
        end
    end
    if winner then
        local more, sum = match(winner_record, '^(%d+) (%d+)')
        orders, total = orders + more, total + sum
        recents = append_recent(recent, recents, winner_record)
    else
        winner = format('%d', tonumber(owners[2] or 0) + 1)
        writes[1], writes[2], written = 'n', winner, 2
    end
    for index = 3, count do
        if owners[index] ~= winner then
            writes[written + 1], writes[written + 2] = keys[index], winner
            written = written + 2
        end
    end
    recents = recents + 1
    recent[recents] = order.placedAt .. ' ' .. sub(keys[1], 3)
    if recents > 1 then sort(recent) end
    writes[written + 1], writes[written + 2] = keys[1], winner .. '\n' .. json
    writes[written + 3] = 'c:' .. winner
    writes[written + 4] = orders .. ' ' .. format('%.0f', total) .. '\n'
        .. concat(recent, '\n', recents > 10 and recents - 9 or 1, recents)
    call('MSET', unpack(writes, 1, written + 4))
    return status_reply('C' .. winner .. ' ' .. resolution .. ' 0')
end

redis.register_function('order_put', order_put)
-- The living number of a customer that may have been merged away.
redis.register_function('customer_living', function(_, arguments)
    prepare()
    return status_reply('C' .. living(sub(arguments[1], 2)) .. ' matched 0')
end)

-- Profile, totals and the last ten orders by a normalised e-mail address; {} when nobody has it.
redis.register_function('customer_360', function(_, arguments)
    prepare()
    local owner = call('GET', 'e:' .. arguments[1])
    if not owner then return '{}' end
    local id, record = living(owner)
    local keys, count = {}, 0
    for name in gmatch(record, '\n%S+ ([^\n]+)') do
        count = count + 1
        keys[count] = 'o:' .. name
    end
    local stored, orders = call('MGET', unpack(keys, 1, count)), {}
    for index = 1, count do
        local order = stored[count + 1 - index]
        orders[index] = sub(order, find(order, '\n', 1, true) + 1)
    end
    local number, total = match(record, '^(%d+) (%d+)')
    return '{"number":"C' .. id .. '","profile":' .. match(orders[1], '"customer":(%b{})') .. ',"totals":{"orders":'
        .. number .. ',"total":' .. total .. '},"orders":[' .. concat(orders, ',') .. ']}'
end)
