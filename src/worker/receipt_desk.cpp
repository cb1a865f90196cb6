#include "worker/receipt_desk.hpp"

#include "edge/files/durable.hpp"

#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace millpond {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = 8U << 20U;

/// Locked until it is closed; -1 where somebody else has it.
int lock_file(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
    if (file >= 0) ::close(file);
    return -1;
}

}  // namespace

ReceiptDesk::ReceiptDesk(
    net::Loop& loop, const crypto::PrivateKey& key, Settings settings, Hooks hooks
)
    : loop_(loop),
      key_(key),
      settings_(std::move(settings)),
      hooks_(std::move(hooks)),
      files_(loop, {.name = "receipts"})
{
}

ReceiptDesk::~ReceiptDesk()
{
    if (lock_ >= 0) ::close(lock_);
}

Result<void, std::string> ReceiptDesk::meet(const std::optional<Terms>& terms)
{
    if (!terms) {
        // Once it has signed, work without a signature is work for nothing.
        if (settings_.operator_address || keeper_) return because(std::string{"terms_missing"});
        return {};
    }
    if (settings_.operator_address && *settings_.operator_address != terms->operator_address)
        return because("other_operator: 0x" + to_hex(terms->operator_address.value()));
    if (terms_ != terms || !keeper_) {
        if (auto opened = open(*terms); !opened) return opened;
        terms_ = terms;
    }
    keeper_->set_aside();
    joined_anew_ = true;
    return {};
}

Result<void, std::string> ReceiptDesk::open(const Terms& terms)
{
    auto keeper = std::make_unique<ReceiptKeeper>(
        key_, terms.operator_address, terms.domain, settings_.floor
    );
    if (!settings_.folder.empty()) {
        std::error_code error;
        fs::create_directories(settings_.folder, error);
        if (error) return because(settings_.folder + ": " + error.message());
        const PoolId pool = receipt::pool_id(terms.domain, terms.operator_address.value());
        const std::string path = fs::path{settings_.folder} / (to_hex(pool.value()) + ".json");
        const int lock = lock_file(path + ".lock");
        if (lock < 0) return because(path + ": another process keeps these receipts");
        if (lock_ >= 0) ::close(lock_);
        lock_ = lock;
        path_ = path;
        if (fs::exists(path, error)) {
            const auto text = files::read_whole(path, file_bytes_max);
            if (!text) return because(text.error().what);
            const auto kept = parse_receipts(*text);
            if (!kept) return because(path + ": " + kept.error().what);
            if (const auto resumed = keeper->resume(*kept); !resumed)
                return because(path + ": " + resumed.error());
        }
    }
    keeper_ = std::move(keeper);
    return {};
}

Bytes ReceiptDesk::to_show() const
{
    return keeper_ ? keeper_->newest() : Bytes{};
}

void ReceiptDesk::refuse(const std::string& what, const std::string& name)
{
    if (hooks_.refused) hooks_.refused(what, name);
}

std::uint64_t ReceiptDesk::unix_seconds() const
{
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(loop_.now().time_since_epoch()).count()
    );
}

Task<Result<void, Fault>> ReceiptDesk::save()
{
    if (path_.empty()) co_return Result<void, Fault>{};
    const KeptReceipts kept = landing_ ? keeper_->kept_with(*landing_) : keeper_->kept();
    auto written = co_await files_.run([path = path_, text = to_json(kept)] {
        return files::write_durably(path, text);
    });
    co_return written;
}

Task<void> ReceiptDesk::hear(Bytes voucher, Bytes reject, std::string reason)
{
    if (!keeper_) co_return;
    if (!voucher.empty()) co_await hear_voucher(std::move(voucher));
    if (reject.empty()) co_return;
    const auto counts = keeper_->take_reject(reject, reason);
    if (!counts) {
        refuse("reject", counts.error());
        co_return;
    }
    const std::uint64_t all = keeper_->lanes().rejections();
    if (hooks_.tell) {
        hooks_.tell(
            *counts ? "a result was rejected, number " + std::to_string(all) + ": " + reason
                    : "a result was rejected: " + reason
        );
    }
    if (!*counts) co_return;
    if (const auto saved = co_await save(); !saved)
        refuse("reject", "cannot be kept: " + saved.error().what);
}

Task<void> ReceiptDesk::hear_voucher(Bytes object)
{
    const auto voucher = keeper_->check_voucher(object);
    if (!voucher) {
        refuse("voucher", voucher.error());
        co_return;
    }
    landing_ = *voucher;
    const auto saved = co_await save();
    landing_.reset();
    if (!saved) {
        refuse("voucher", "cannot be kept: " + saved.error().what);
        co_return;
    }
    keeper_->take_voucher(*voucher);
    if (!std::exchange(joined_anew_, false) || !hooks_.tell) co_return;
    const auto open = keeper_->lanes().without_voucher();
    if (open.empty()) co_return;
    hooks_.tell(
        "the pool's newest voucher, number " + std::to_string(voucher->value.seq) + ", leaves " +
        std::to_string(open.size()) +
        " results without an answer: " + to_text(keeper_->lanes().unvouched()) + " wei"
    );
}

Task<Bytes> ReceiptDesk::hear_correction(Bytes object, std::string reason)
{
    if (!keeper_) co_return Bytes{};
    auto agreement = keeper_->agree(object, reason, settings_.give_back_max);
    if (!agreement) {
        // It comes again with each voucher.
        const std::string told = agreement.error() + ": " + reason;
        if (std::exchange(disagreed_, told) != told) refuse("correction", told);
        co_return Bytes{};
    }
    const auto saved = co_await save();
    if (!saved) {
        refuse("correction", "cannot be kept: " + saved.error().what);
        co_return Bytes{};
    }
    if (hooks_.tell) hooks_.tell("agreed to a correction of what was earned: " + reason);
    co_return *std::move(agreement);
}

Result<std::optional<Hash32>, std::string> ReceiptDesk::accept(const Asked& asked)
{
    if (!keeper_) return std::optional<Hash32>{};
    if (asked.offer.empty()) {
        if (asked.recorded && ++unpaid_ <= settings_.unpaid_max) return std::optional<Hash32>{};
        const std::string name = asked.recorded ? "too_much_unpaid" : "offer_missing";
        refuse("offer", name);
        return because(name);
    }
    auto taken = keeper_->take_offer(asked.offer, asked.ladder, unix_seconds());
    if (!taken) {
        refuse("offer", taken.error());
        return because(taken.error());
    }
    return std::optional{*taken};
}

bool ReceiptDesk::is_source(const Hash32& offer, const Hash32& source)
{
    if (keeper_ && keeper_->is_source(offer, source)) return true;
    refuse("source", "other_source");
    return false;
}

Task<Result<Bytes, std::string>> ReceiptDesk::commit(ReceiptKeeper::Done done)
{
    if (!keeper_) co_return because(std::string{"there is no pool to commit to"});
    done.at = unix_seconds();
    auto object = keeper_->commit(done);
    if (!object) co_return because(object.error());
    // Two commits that differ would be our fault: what goes out is on disk.
    const auto saved = co_await save();
    if (!saved) co_return because("receipts cannot be kept: " + saved.error().what);
    co_return *std::move(object);
}

void ReceiptDesk::drop(const std::optional<Hash32>& offer)
{
    if (offer && keeper_) keeper_->drop(*offer);
}

}  // namespace millpond
