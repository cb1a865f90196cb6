#pragma once

#include "edge/store/entry_json.hpp"
#include "edge/store/snapshot_files.hpp"
#include "edge/store/table.hpp"
#include "model/book_event.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace millpond::store {

/// Writes events as a pool does, some entries a transaction.
struct HistoryPen {
    explicit HistoryPen(const std::string& location) : table(*open_table(location, Access::write))
    {
    }

    void write(std::span<const BookEvent> events)
    {
        std::vector<Row> rows;
        rows.reserve(events.size());
        for (const BookEvent& event : events) {
            const EntryBody body{event};
            Row row{
                .seq = ++at.seq, .at = {}, .kind = std::string{kind_of(body)}, .body = to_json(body)
            };
            row.hash = at.hash = chained(at.hash, row);
            rows.push_back(std::move(row));
        }
        ASSERT_TRUE(table->append(rows));
    }

    std::unique_ptr<Table> table;
    Position at;
};

}  // namespace millpond::store
