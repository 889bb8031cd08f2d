import Bytes
import Commerce
import Engine
import Wire

/// Questions about who is who that take their time: they wait for the background, or walk over all profiles. `completion`
/// runs on `lane` with the reply's lines.
enum IdentityTasks {
    typealias Completion = @Sendable ([UInt8]) -> Void

    static func settle(_ engine: Engine, tag: [UInt8]?, from lane: any EngineLane, _ completion: @escaping Completion) {
        engine.whenAtRest(from: lane) {
            var output = ByteWriter()
            output.plainOK(tag: tag)
            completion(output.copyBytes())
        }
    }

    static func check(
        _ engine: Engine, shop: String, tag: [UInt8]?, from lane: any EngineLane, _ completion: @escaping Completion
    ) {
        engine.checkIdentity(ofShopNamed: shop, version: nil, from: lane) { result in
            var output = ByteWriter(capacity: 1_024)
            switch result {
            case .success(let report):
                output.rows(of: report)
                output.beginOK(tag: tag)
                output.counts(of: report)
                output.key("differences")
                output.number(report.merges + report.splits)
                output.endReply()
            case .failure(let refusal): output.error(refusal, tag: tag)
            }
            completion(output.copyBytes())
        }
    }

    static func simulate(
        _ engine: Engine, shop: String, version: Int, tag: [UInt8]?, from lane: any EngineLane,
        _ completion: @escaping Completion
    ) {
        engine.checkIdentity(ofShopNamed: shop, version: version, from: lane) { result in
            switch result {
            case .success(let report):
                engine.parts(of: report.samples.flatMap { $0.before + $0.after }, from: lane) { parts in
                    var output = ByteWriter(capacity: 4_096)
                    output.rows(of: report.samples, parts)
                    output.beginOK(tag: tag)
                    output.key("version")
                    output.number(version)
                    output.counts(of: report)
                    output.endReply()
                    completion(output.copyBytes())
                }
            case .failure(let refusal):
                var output = ByteWriter()
                output.error(refusal, tag: tag)
                completion(output.copyBytes())
            }
        }
    }

    static func export(
        _ engine: Engine, shop: String, offset: Int, limit: Int, tag: [UInt8]?, from lane: any EngineLane,
        _ completion: @escaping Completion
    ) {
        engine.exportCustomers(ofShopNamed: shop, offset: offset, limit: limit, from: lane) { customers, total in
            var output = ByteWriter(capacity: 64 * 1_024)
            for customer in customers {
                output.beginRow()
                output.key("customer")
                output.customerNumber(customer.number)
                output.key("profiles")
                output.openArray()
                for name in customer.profiles { output.string(name) }
                output.closeArray()
                output.endReply()
            }
            output.beginOK(tag: tag)
            output.range(total: total, offset: offset, count: customers.count)
            output.endReply()
            completion(output.copyBytes())
        }
    }
}

extension ByteWriter {
    /// A ROW per customer that would be divided otherwise.
    mutating func rows(of report: WalkReport) {
        for sample in report.samples {
            beginRow()
            for (name, groups) in [("now", sample.before), ("then", sample.after)] {
                key(name)
                openArray()
                for group in groups {
                    openArray()
                    for profile in group.profiles { customerNumber(profile + 1) }
                    closeArray()
                }
                closeArray()
            }
            endReply()
        }
    }

    /// A ROW per sample that shows each customer as `CUSTOMER.FIND` does, and its profiles.
    /// - Parameter parts: what the shards know of all customers of all samples, in their order.
    mutating func rows(of samples: [CustomerSample], _ parts: [[DossierPart]]) {
        var next = 0
        for sample in samples {
            beginRow()
            for (name, customers) in [("now", sample.before), ("then", sample.after)] {
                key(name)
                openArray()
                for customer in customers {
                    self.customer(customer, parts[next])
                    next += 1
                }
                closeArray()
            }
            endReply()
        }
    }

    /// A customer as `CUSTOMER.FIND` shows it, and the numbers of its profiles behind that.
    mutating func customer(_ customer: CustomerMembers, _ parts: [DossierPart]) {
        DossierWriter.customer(customer.number, parts, into: &self)
        truncate(to: count - 1)
        key("profiles")
        numbers(customer.profiles)
        closeObject()
    }

    /// A list of profile numbers.
    mutating func numbers(_ profiles: [UInt32]) {
        openArray()
        for profile in profiles { customerNumber(profile + 1) }
        closeArray()
    }

    mutating func counts(of report: WalkReport) {
        key("profiles")
        number(report.profiles)
        key("customers")
        number(report.customers)
        key("merges")
        number(report.merges)
        key("splits")
        number(report.splits)
        key("seq")
        number(report.sequence)
        if report.isMoving {
            key("moving")
            bool(true)
        }
    }
}
