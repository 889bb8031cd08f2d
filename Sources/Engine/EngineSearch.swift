import Bytes
import Commerce

extension Engine {
    /// The first page of a list, which is kept for the pages that follow. `completion` runs on `lane`.
    package func search(
        _ selection: Selection, sort: SearchSort, offset: Int, limit: Int, shopNamed shop: String,
        from lane: any EngineLane, _ completion: @escaping @Sendable (Result<SearchPage, Refusal>) -> Void
    ) {
        select(selection, shopNamed: shop) { directory, result in
            let (found, shop): (ProfileSet, UInt16)
            switch result {
            case .success(let selected): (found, shop) = selected
            case .failure(let refusal): return lane.run { completion(.failure(refusal)) }
            }
            let total = found.count
            guard sort == .name else {
                let kept = directory.keep(.set(found, isFalling: sort.isFalling), total: total, shop: shop)
                let page = directory.page(kept, offset: offset, limit: limit)
                return lane.run { completion(.success(page)) }
            }
            directory.nameSorter.sort(found, of: self, in: directory) { directory, leaders in
                let kept = directory.keep(.list(leaders), total: leaders.count, shop: shop)
                let page = directory.page(kept, offset: offset, limit: limit)
                lane.run { completion(.success(page)) }
            }
        }
    }

    /// A page further on in a list. `completion` runs on `lane`.
    package func page(
        of cursor: SearchCursor, limit: Int, shopNamed name: String, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<SearchPage, Refusal>) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            directory.assumeIsolated { directory in
                do throws(Refusal) {
                    let shop = try directory.searchedShop(named: name)
                    let kept = try directory.kept(cursor, shop: shop)
                    let page = directory.page(kept, offset: cursor.offset, limit: limit)
                    lane.run { completion(.success(page)) }
                } catch {
                    lane.run { completion(.failure(error)) }
                }
            }
        }
    }

    /// The numbers of all customers that are meant, in rising order. `completion` runs on `lane`.
    package func numbers(
        of selection: Selection, shopNamed shop: String, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<[UInt32], Refusal>) -> Void
    ) {
        select(selection, shopNamed: shop) { _, result in
            let numbers = result.map { found, _ in
                found.page(offset: 0, limit: .max, isFalling: false).map { $0 + 1 }
            }
            lane.run { completion(numbers) }
        }
    }

    /// What lists show of customers. `completion` runs on `lane`.
    package func listParts(
        of customers: [CustomerMembers], from lane: any EngineLane,
        _ completion: @escaping @Sendable ([[DossierPart]]) -> Void
    ) {
        parts(of: customers, forLists: true, from: lane, completion)
    }

    /// Bytes that the indexes of all shards hold, and the words in them; `completion` runs on `lane`.
    package func searchBytes(from lane: any EngineLane, _ completion: @escaping @Sendable (Int) -> Void) {
        let gathering = Gathering<Int>(shards.count, from: lane) { completion($0.reduce(0, +)) }
        for shard in shards {
            shard.lane.run { gathering.add([shard.assumeIsolated { $0.searchBytes() }]) }
        }
    }

    /// Asks the shards behind all events decided so far, then the directory. `completion` runs on the directory's lane.
    private func select(
        _ selection: Selection, shopNamed name: String,
        _ completion: @escaping @Sendable (isolated Directory, Result<(ProfileSet, UInt16), Refusal>) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            let shop: UInt16
            switch directory.assumeIsolated({ $0.searchedShop(of: name) }) {
            case .success(let found): shop = found
            case .failure(let refusal):
                return directory.assumeIsolated { completion($0, .failure(refusal)) }
            }
            self.rows(matching: selection.terms, from: directory.lane) { rows in
                directory.assumeIsolated { directory in
                    directory.whenMapped { directory in
                        let found = directory.select(selection, found: rows, shop: shop)
                        completion(directory, .success((found, shop)))
                    }
                }
            }
        }
    }

    /// For each shard, term by term, the rows that have it.
    private func rows(
        matching terms: [SearchTerm], from lane: any EngineLane, _ completion: @escaping @Sendable ([[BitRow]]) -> Void
    ) {
        guard !terms.isEmpty else { return completion(shards.map { _ in [] }) }
        let gathering = Gathering<(shard: Int, rows: [BitRow])>(shards.count, from: lane) { found in
            completion(found.sorted { $0.shard < $1.shard }.map(\.rows))
        }
        for (number, shard) in shards.enumerated() {
            shard.lane.run {
                shard.assumeIsolated { shard in
                    shard.whenIndexed { gathering.add([(number, $0.rows(matching: terms))]) }
                }
            }
        }
    }
}

extension Directory {
    fileprivate func searchedShop(of name: String) -> Result<UInt16, Refusal> {
        do throws(Refusal) { return .success(try searchedShop(named: name)) } catch { return .failure(error) }
    }
}
