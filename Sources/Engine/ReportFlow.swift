import Bytes
import Commerce

// The dossier as a text that people read, and file.
extension Engine {
    /// - Returns: the report, and where it was filed what DOCUMENT.ATTACH would answer.
    package func report(
        on customer: UInt32, isFiled: Bool, for asker: Asker,
        _ completion: @escaping Answering<(text: String, filed: JSONValue?)>
    ) {
        // Who asked stands in the history before anything is told (T18).
        write(.service(.askReport(customer: customer, report: "dossier", isFiled: isFiled)), for: asker) {
            asked, first in
            if case .failure(let refusal) = asked { return completion(.failure(refusal), first) }
            self.makeReport(on: customer, isFiled: isFiled, for: asker) { completion($0, max(first, $1)) }
        }
    }

    private func makeReport(
        on customer: UInt32, isFiled: Bool, for asker: Asker,
        _ completion: @escaping Answering<(text: String, filed: JSONValue?)>
    ) {
        dossier(of: customer, for: asker) { result, sequence in
            let dossier: JSONValue
            switch result {
            case .failure(let refusal): return completion(.failure(refusal), sequence)
            case .success(let bytes):
                do throws(JSONError) { dossier = try JSONValue(parsing: bytes.span) } catch {
                    preconditionFailure("a dossier that was just written does not read: \(error)")
                }
            }
            let text = CustomerReport.text(dossier)
            guard isFiled else { return completion(.success((text, nil)), sequence) }
            var request = AttachRequest(owner: .customer(customer))
            request.kind = .report
            request.name = "report-C\(customer).txt"
            request.type = "text/plain; charset=utf-8"
            self.file([UInt8](text.utf8), request, for: asker) { filed, newer in
                let answer = filed.map { object -> (text: String, filed: JSONValue?) in
                    do throws(JSONError) { return (text, try JSONValue(parsing: object.span)) } catch {
                        preconditionFailure("a reply that was just written does not read: \(error)")
                    }
                }
                completion(answer, max(sequence, newer))
            }
        }
    }
}
