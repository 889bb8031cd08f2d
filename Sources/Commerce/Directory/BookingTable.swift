import Bytes

/// Bookings and their invoices, for the rule that a customer with an invoiced booking does not vanish by a merge. Derived
/// from the records; few shops have any.
struct BookingTable: Sendable {
    /// Numbers of orders of kind `booking`.
    private(set) var orders: Set<UInt32> = []
    /// Documents of kind `invoice` by the order they belong to.
    private(set) var invoices: [UInt32: [UInt32]] = [:]

    mutating func noteOrder(_ event: Event, _ bytes: Span<UInt8>) {
        noteOrder(event.subject, bytes.extracting(event.record.range))
    }

    /// - Parameter record: the packed order.
    mutating func noteOrder(_ number: UInt32, _ record: Span<UInt8>) {
        var reader = ByteReader(record)
        do throws(ByteReaderError) {
            // Hardly any order says its kind: the bitmap in front tells without reading on.
            guard try reader.varint() & (1 << UInt64(OrderShape.kind)) != 0 else {
                if !orders.isEmpty { orders.remove(number) }
                return
            }
        } catch {
            preconditionFailure("a packed order does not read: \(error)")
        }
        let kind = PackedRecord(record, OrderShape.kinds)[OrderShape.kind]
        if kind.equals("booking") { orders.insert(number) } else { orders.remove(number) }
    }

    /// Takes in what was noted elsewhere of orders that nothing was noted of here.
    mutating func add(_ others: BookingTable) {
        if !others.orders.isEmpty { orders.formUnion(others.orders) }
    }

    mutating func noteInvoice(_ document: UInt32, of order: UInt32) { invoices[order, default: []].append(document) }
}

extension DirectoryState {
    /// Notes an invoice that belongs to an order.
    mutating func noteInvoice(_ event: Event, _ bytes: Span<UInt8>) {
        noteInvoice(event.subject, bytes.extracting(event.record.range), shop: event.shop)
    }

    mutating func noteInvoice(_ number: UInt32, _ record: Span<UInt8>, shop: UInt16) {
        let document = PackedRecord(record, DocumentShape.kinds)
        guard document[DocumentShape.kind].equals("invoice"), document.has(DocumentShape.order) else { return }
        do throws(Refusal) {
            let name = try OrderName(document[DocumentShape.order])
            if let order = order(named: name, shop: shop) { bookings.noteInvoice(number, of: UInt32(order)) }
        } catch {
            // The name was checked when the document came; one that does not read belongs to no booking.
            return
        }
    }

    /// Documents (by number) that keep the customer with these profiles from vanishing by a merge.
    func blockingInvoices(of members: [UInt32]) -> [UInt32] {
        let profiles = Set(members)
        return bookings.orders.filter { profiles.contains(orders[Int($0)].profile) }
            .flatMap { bookings.invoices[$0] ?? [] }.sorted()
    }

    /// The same of invoices that were posted here, by number.
    func blockingNumbers(of members: [UInt32]) -> [String] {
        guard !bookings.orders.isEmpty else { return [] }
        var numbers: [String] = []
        for profile in members {
            ledger.forEachDocument(of: profile) { _, document in
                guard document.documentKind == .invoice, document.documentStanding == .posted,
                    bookings.orders.contains(ledger.open(document.draft, DraftFacts()).order)
                else { return }
                numbers.append(ledger.open(document.latest, PostFacts()).number)
            }
        }
        return numbers.sorted()
    }
}
