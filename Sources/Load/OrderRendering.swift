import Bytes

extension ByteWriter {
    /// Appends the canonical order as JSON.
    package mutating func append(_ order: SalesOrder) {
        openObject()
        member("channel", order.channel.name)
        member("store", order.channel.store)
        member("number", order.number)
        key("placedAt")
        time(order.placedAt)
        if let updatedAt = order.updatedAt {
            key("updatedAt")
            time(updatedAt)
        }
        if let status = order.status { member("status", status) }
        member("currency", order.currency)
        appendBuyer(order)
        key("billing")
        append(name: order.billingName, order.billing)
        key("shipping")
        append(name: order.shippingName, order.shipping)
        key("lines")
        openArray()
        for line in order.lines { append(line) }
        closeArray()
        key("total")
        money(order.total)
        closeObject()
    }

    private mutating func appendBuyer(_ order: SalesOrder) {
        key("customer")
        openObject()
        member("ref", order.reference)
        member("email", order.email)
        member("phone", order.phone)
        member("firstName", order.firstName)
        member("lastName", order.lastName)
        member("company", order.company)
        member("vatId", order.vatID)
        member("language", order.language)
        closeObject()
    }

    private mutating func append(name: String, _ address: PostalAddress) {
        openObject()
        member("name", name)
        member("street", address.street)
        member("houseNumber", address.houseNumber)
        member("postalCode", address.postalCode)
        member("city", address.city)
        member("country", address.country)
        closeObject()
    }

    private mutating func append(_ line: SalesOrder.Line) {
        openObject()
        member("sku", line.product.sku)
        member("title", line.product.title)
        key("quantity")
        number(line.quantity)
        key("unitPrice")
        money(line.product.price)
        member("vatRate", line.product.vatRate)
        closeObject()
    }

    private mutating func member(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// Minor units as a decimal string with two digits.
    private mutating func money(_ minorUnits: Int) {
        append(UInt8(ascii: "\""))
        appendDecimal(Int64(minorUnits / 100))
        append(UInt8(ascii: "."))
        twoDigits(minorUnits % 100)
        append(UInt8(ascii: "\""))
    }

    /// RFC 3339 in UTC from seconds since 1970, as a string value.
    private mutating func time(_ seconds: Int) {
        append(UInt8(ascii: "\""))
        appendTime(seconds)
        append(UInt8(ascii: "\""))
    }

    fileprivate mutating func appendTime(_ seconds: Int) {
        let (year, month, day) = UTCTime.civil(days: seconds / 86_400)
        let rest = seconds % 86_400
        appendDecimal(Int64(year))
        append(UInt8(ascii: "-"))
        twoDigits(month)
        append(UInt8(ascii: "-"))
        twoDigits(day)
        append(UInt8(ascii: "T"))
        twoDigits(rest / 3600)
        append(UInt8(ascii: ":"))
        twoDigits(rest / 60 % 60)
        append(UInt8(ascii: ":"))
        twoDigits(rest % 60)
        append(UInt8(ascii: "Z"))
    }

    private mutating func twoDigits(_ number: Int) {
        append(UInt8(ascii: "0") + UInt8(number / 10))
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}

/// RFC 3339 in UTC from seconds since 1970, without a calendar library: the same text on every machine.
package enum UTCTime {
    /// The years 1970 to 9999 come out with four digits.
    package static func text(_ seconds: Int) -> String {
        var writer = ByteWriter(capacity: 32)
        writer.appendTime(seconds)
        return writer.span.text
    }

    /// The Gregorian date of a day counted from 1970-01-01, for days from then on. Years are taken to start in March,
    /// so that the leap day is the last of its year.
    fileprivate static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
