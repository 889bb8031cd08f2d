import Foundation
import Testing
@testable import Commerce
@Test func dumpAll() throws {
    guard let root = PayloadFiles.published else { return }
    for channel in ["shopify","woocommerce","amazon","bol"] {
        for name in try FileManager.default.contentsOfDirectory(atPath: root.appending(path: channel).path).sorted() {
            let bytes = [UInt8](try Data(contentsOf: root.appending(path: "\(channel)/\(name)")))
            do throws(ChannelError) {
                let items = try read(channel, bytes)
                print("==", channel, name, items.count)
                for item in items { if case .refused(let e) = item.kind { print("  REFUSED", e.sentence) } else { print("  ", item.name, String(decoding: item.json, as: UTF8.self)) } }
            } catch { print("==", channel, name, "THROWN", error.sentence) }
        }
    }
}
