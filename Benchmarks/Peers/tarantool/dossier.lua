-- The job of an order, done inside Tarantool: parse, normalise five identity keys, find, create or merge the customer,
-- drop re-deliveries, store the order, keep totals. One transaction, and so one record of the journal, an order.
--
--   tarantool dossier.lua PORT WAL_MODE MEMTX_BYTES        in the folder that gets the data

local port, wal_mode, memtx_bytes = arg[1], arg[2], tonumber(arg[3])
-- Without a port at first: nobody may call before the functions are there.
box.cfg {
    wal_mode = wal_mode, memtx_memory = memtx_bytes, checkpoint_interval = 0, net_msg_max = 4096,
    readahead = 1048576, log_level = 2, wal_max_size = 64 * 1024 * 1024 * 1024,
}

box.once('dossier', function()
    local keys = box.schema.space.create('keys')
    keys:create_index('primary', { type = 'hash', parts = { { 1, 'string' } } })
    -- Name, customer, the order as it came.
    local orders = box.schema.space.create('orders')
    orders:create_index('primary', { type = 'hash', parts = { { 1, 'string' } } })
    -- Number, orders, total in minor units, the last ten orders' time and name; or number and living number.
    local customers = box.schema.space.create('customers')
    customers:create_index('primary', { parts = { { 1, 'unsigned' } } })
    box.schema.user.grant('guest', 'read,write,execute', 'universe')
end)

local decode, null = require('json').decode, require('json').NULL
local keys, orders, customers = box.space.keys, box.space.orders, box.space.customers
local lower, upper, gsub, match, sub, byte = string.lower, string.upper, string.gsub, string.match, string.sub, string.byte
local concat, sort, unpack = table.concat, table.sort, unpack

local last = customers.index.primary:max()
local last_number = last and last[1] or 0

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

local function identity_keys(order, place)
    local found, count = {}, 0
    local customer, billing = order.customer, order.billing
    local reference = customer.ref
    if reference ~= nil and reference ~= null then
        count = count + 1
        found[count] = 'r:' .. place .. ':' .. reference
    end
    local email = customer.email
    if email ~= nil and email ~= null then
        email = lower(match(email, '^%s*(.-)%s*$'))
        if email ~= '' then
            count = count + 1
            found[count] = is_relay(email) and 'e:' .. place .. ':' .. email or 'e:' .. email
        end
    end
    local phone = customer.phone
    if phone ~= nil and phone ~= null then
        local digits = international_digits(phone, billing.country)
        if digits then
            count = count + 1
            found[count] = 'p:' .. digits
        end
    end
    local vat_id = customer.vatId
    if vat_id ~= nil and vat_id ~= null then
        count = count + 1
        found[count] = 'v:' .. gsub(upper(vat_id), '[^A-Z0-9]', '')
    end
    local first, family = customer.firstName, customer.lastName
    if first ~= nil and first ~= null and first ~= '' and family ~= nil and family ~= null then
        count = count + 1
        found[count] = 'a:' .. billing.country .. '|' .. gsub(upper(billing.postalCode), '[^A-Z0-9]', '') .. '|'
            .. lower(billing.street) .. '|' .. gsub(lower(billing.houseNumber), '[^a-z0-9]', '') .. '|'
            .. lower(family) .. '|' .. lower(sub(first, 1, 1))
    end
    return found, count
end

-- Follows redirects; a living customer's second field is a number of orders, a merged one has two fields only.
local function living(number)
    local customer = customers:get(number)
    while #customer == 2 do customer = customers:get(customer[2]) end
    return customer
end

-- The owners among the keys, each living one once, the oldest first.
local function owners_of(found, count, owners)
    local distinct = {}
    for index = 1, count do
        local key = keys:get(found[index])
        if key then
            local customer = living(key[2])
            owners[index] = customer[1]
            local is_new = true
            for _, other in ipairs(distinct) do is_new = is_new and other[1] ~= customer[1] end
            if is_new then distinct[#distinct + 1] = customer end
        end
    end
    if #distinct > 1 then sort(distinct, function(one, other) return one[1] < other[1] end) end
    return distinct
end

function order_put(json)
    local order = decode(json)
    local place = order.channel .. '/' .. (order.store or 'main')
    local name = place .. ':' .. order.number
    local stored = orders:get(name)
    if stored then return 'C' .. living(stored[2])[1] .. ' matched 1' end

    local found, count = identity_keys(order, place)
    local owners = {}
    local distinct = owners_of(found, count, owners)
    local number, total = 1, tonumber((gsub(order.total, '%.', '', 1)))
    local recent = { order.placedAt .. ' ' .. name }
    local resolution = #distinct == 0 and 'created' or #distinct == 1 and 'matched' or 'merged'
    local winner = distinct[1] and distinct[1][1]
    if not winner then
        last_number = last_number + 1
        winner = last_number
    end
    box.begin()
    for index, customer in ipairs(distinct) do
        number, total = number + customer[2], total + customer[3]
        for _, line in ipairs(customer[4]) do recent[#recent + 1] = line end
        if index > 1 then customers:replace({ customer[1], winner }) end
    end
    if #recent > 1 then
        sort(recent)
        if #recent > 10 then recent = { unpack(recent, #recent - 9) } end
    end
    for index = 1, count do
        if owners[index] ~= winner then keys:replace({ found[index], winner }) end
    end
    orders:insert({ name, winner, json })
    customers:replace({ winner, number, total, recent })
    box.commit()
    return 'C' .. winner .. ' ' .. resolution .. ' 0'
end

function customer_living(number)
    return 'C' .. living(tonumber(sub(number, 2)))[1] .. ' matched 0'
end

-- Profile, totals and the last ten orders by a normalised e-mail address; {} when nobody has it.
function customer_360(email)
    local key = keys:get('e:' .. email)
    if not key then return '{}' end
    local customer = living(key[2])
    local recent, list = customer[4], {}
    for index = #recent, 1, -1 do
        list[#list + 1] = orders:get(match(recent[index], ' (.*)$'))[3]
    end
    return '{"number":"C' .. customer[1] .. '","profile":' .. match(list[1], '"customer":(%b{})')
        .. ',"totals":{"orders":' .. customer[2] .. ',"total":' .. tostring(customer[3]) .. '},"orders":['
        .. concat(list, ',') .. ']}'
end

function snapshot_write() return box.snapshot() end

box.cfg { listen = '127.0.0.1:' .. port }
