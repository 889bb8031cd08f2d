import Bytes
import Commerce
import Engine
import Wire

/// Does one thing to many customers, a slice at a time, so that others get their turns: every customer's change is decided and
/// recorded for itself. Confined to the session's lane.
final class BulkRun: @unchecked Sendable {
    private static let customersPerSlice = 64
    private static let mostRows = 10_000

    private let task: SearchTask
    private let action: BulkAction
    private let actor: String
    private let numbers: [UInt32]
    private let completion: @Sendable ([UInt8]) -> Void

    private var done = 0
    private var changed = 0
    private var refused = 0
    private var output = ByteWriter(capacity: 1_024)

    init(
        _ task: SearchTask, _ action: BulkAction, actor: String, _ numbers: [UInt32],
        _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.task = task
        self.action = action
        self.actor = actor
        self.numbers = numbers
        self.completion = completion
    }

    /// Does the next slice, or answers.
    func next() {
        guard done < numbers.count else { return finish() }
        if case .message(let request) = action { return send(request, to: numbers[done]) }
        let slice = Array(numbers[done...].prefix(Self.customersPerSlice))
        let commands = slice.map { command(for: $0) }
        let batch = CommandBatch(shop: task.shop, actor: actor, bytes: [], commands: commands)
        task.engine.submit(batch, from: task.lane) { outcome in
            for (number, outcome) in zip(slice, outcome.outcomes) { self.note(outcome, number) }
            self.task.lane.post { self.next() }
        }
    }

    private func command(for number: UInt32) -> PreparedCommand {
        let customer = CustomerSelector.number(number)
        return switch action {
        case .tag(let tags, let cause): .label(.tag(customer, tags, cause: cause), actor: actor)
        case .untag(let tags): .label(.untag(customer, tags), actor: actor)
        case .block(let reason): .label(.block(customer, reason: reason), actor: actor)
        case .unblock: .label(.unblock(customer), actor: actor)
        case .language(let change): .message(.chooseLanguage(customer, change), actor: actor)
        case .wish(let subject, let value): .message(.expressWishes(customer, [subject: value]), actor: actor)
        case .message: preconditionFailure("a message is made from facts that are gathered first")
        }
    }

    /// A message goes through the gate for each customer: a wish, a missing address or template refuses that one alone.
    private func send(_ request: MessageRequest, to number: UInt32) {
        var own = request
        own.identifier = request.identifier.map { "\($0) C\(number)" }
        let wanted = own
        task.engine.messageFacts(of: .number(number), shopNamed: task.shop, from: task.lane) { result in
            switch result {
            case .success(let facts):
                let command = PreparedCommand.message(.queue(wanted, facts), actor: self.actor)
                let batch = CommandBatch(shop: self.task.shop, actor: self.actor, bytes: [], commands: [command])
                self.task.engine.submit(batch, from: self.task.lane) { outcome in
                    self.note(outcome.outcomes[0], number)
                    self.task.lane.post { self.next() }
                }
            case .failure(let refusal):
                self.note(.refused(refusal), number)
                self.task.lane.post { self.next() }
            }
        }
    }

    private func note(_ outcome: CommandOutcome, _ number: UInt32) {
        done += 1
        switch outcome {
        case .labels(_, _, _, _, let isDuplicate): changed += isDuplicate ? 0 : 1
        case .message(.wishes(_, _, let isDuplicate), _): changed += isDuplicate ?? true ? 0 : 1
        case .message(.queued(_, let isDuplicate), _): changed += isDuplicate ? 0 : 1
        case .refused(let refusal): refuse(number, refusal)
        default: preconditionFailure("a bulk command is answered by what it does to one customer")
        }
    }

    private func refuse(_ number: UInt32, _ refusal: Refusal) {
        refused += 1
        guard refused <= Self.mostRows else { return }
        output.beginRow()
        output.key("customer")
        output.customerNumber(number)
        output.key("error")
        output.string(refusal.code.text)
        output.key("text")
        output.string(refusal.text)
        output.endReply()
    }

    private func finish() {
        output.beginOK(tag: task.tag)
        output.key("selected")
        output.number(numbers.count)
        output.key("changed")
        output.number(changed)
        output.key("unchanged")
        output.number(numbers.count - changed - refused)
        output.key("refused")
        output.number(refused)
        output.endReply()
        completion(output.copyBytes())
    }
}
