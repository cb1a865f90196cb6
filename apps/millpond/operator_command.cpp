#include "apps/millpond/operator_command.hpp"

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/net/client.hpp"
#include "edge/net/loop.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t answer_max = 64U << 20U;
constexpr const char* csv_head = "account,amount_wei";

struct Answer {
    int status = 0;
    std::string body;
};

/// Where the pool's operator port is, and what opens it.
struct Door {
    std::uint16_t port = 0;
    std::string secret;  ///< hex
};

Result<Door, Fault> door_of(const std::string& data_dir, std::uint16_t port)
{
    const std::string file = data_dir + "/operator_secret";
    std::ifstream in{file, std::ios::binary};
    const std::string secret{std::istreambuf_iterator<char>{in}, {}};
    if (secret.size() != 32)
        return because(Fault{.what = file + ": cannot be read; is this the pool's data folder?"});
    return Door{.port = port, .secret = to_hex(as_bytes(secret))};
}

Task<Result<Answer, Fault>> ask(net::Loop& loop, Door door, net::RequestHead head, std::string body)
{
    net::Client client{loop, {.host = "127.0.0.1", .port = door.port, .tls = false}};
    head.headers.add("authorization", "Bearer " + door.secret);
    const Time deadline = loop.now() + std::chrono::seconds{30};
    const ByteView bytes = as_bytes(body);
    auto call = co_await client.start(
        std::move(head), make_blob(Bytes(bytes.begin(), bytes.end())), deadline
    );
    if (!call) co_return because(call.error());
    const auto answered = co_await (*call)->head();
    if (!answered) co_return because(answered.error());
    const auto text = co_await (*call)->read_all(answer_max);
    if (!text) co_return because(text.error());
    co_return Answer{.status = answered->status, .body = std::string{as_text(*text)}};
}

Result<Json, Fault> order(const Door& door, net::RequestHead head, std::string body)
{
    net::Loop loop;
    Result<Answer, Fault> answer = because(Fault{});
    spawn(
        [](net::Loop& on,
           Door to,
           net::RequestHead what,
           std::string with,
           Result<Answer, Fault>& into) -> Task<void> {
            into = co_await ask(on, std::move(to), std::move(what), std::move(with));
            on.stop();
        }(loop, door, std::move(head), std::move(body), answer)
    );
    loop.run();
    if (!answer) return because(Fault{.what = "the pool does not answer: " + answer.error().what});
    Json json = Json::parse(answer->body, nullptr, false);
    if (answer->status == 200 && json.is_object()) return json;
    return because(Fault{.what = "refused: " + answer->body});
}

int fail(const std::string& why)
{
    std::fprintf(stderr, "%s\n", why.c_str());
    return 1;
}

/// Both forms of an export, as the list that the pool takes.
Result<Json, Fault> read_export(const std::string& file)
{
    std::ifstream in{file, std::ios::binary};
    if (!in) return because(Fault{.what = file + ": cannot be read"});
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_object() && json.contains("payouts")) return json.at("payouts");
    std::istringstream lines{text};
    std::string line;
    std::getline(lines, line);
    if (line != csv_head) return because(Fault{.what = file + ": is no export of payouts"});
    Json list = Json::array();
    while (std::getline(lines, line)) {
        const auto comma = line.find(',');
        if (comma == std::string::npos) {
            std::string what = file;
            what.append(": ").append(line);
            return because(Fault{.what = std::move(what)});
        }
        list.push_back({{"account", line.substr(0, comma)}, {"amount", line.substr(comma + 1)}});
    }
    return list;
}

}  // namespace

bool OperatorCommand::chosen() const
{
    return *export_ || *paid_ || *close_ || *bond_ || *member_ || *correct_;
}

void OperatorCommand::reach(CLI::App& command)
{
    command.add_option("--datadir", data_dir_, "of the pool: its secret opens the port")
        ->capture_default_str();
    command.add_option("--operator-port", port_, "of the pool")->capture_default_str();
}

void OperatorCommand::describe(CLI::App& app)
{
    auto* payouts = app.add_subcommand("payouts", "Pay that goes out of a running pool.");
    payouts->require_subcommand(1);
    export_ = payouts->add_subcommand("export", "Prints what may be paid for an ended epoch.");
    export_->add_option("--epoch", epoch_)->required();
    export_->add_option("--format", format_)
        ->check(CLI::IsMember({"csv", "json"}))
        ->capture_default_str();
    reach(*export_);
    paid_ =
        payouts->add_subcommand("paid", "Marks what an export named as paid; once and only once.");
    paid_->add_option("--epoch", epoch_)->required();
    paid_->add_option("--reference", reference_, "names the payment")->required();
    paid_->add_option("--file", file_, "what `export` printed")
        ->required()
        ->check(CLI::ExistingFile);
    reach(*paid_);
    auto* cases = app.add_subcommand("case", "Cases against transcoders of a running pool.");
    cases->require_subcommand(1);
    close_ = cases->add_subcommand("close", "Ends the open case against an account.");
    close_->add_option("--account", account_, "0x…")->required();
    close_->add_option("--ruling", ruling_)
        ->required()
        ->check(CLI::IsMember({"acquitted", "substandard", "fraud"}));
    close_->add_option("--reason", reason_, "goes into the journal")->required();
    close_->add_option("--forfeit", forfeit_, "wei of the frozen pay, instead of all of it");
    reach(*close_);
    describe_accounts(app);
}

void OperatorCommand::describe_accounts(CLI::App& app)
{
    bond_ = app.add_subcommand("bond", "Tells a running pool of a transcoder's bond.");
    bond_->add_option("--account", account_, "0x…")->required();
    bond_->add_option("--move", move_)
        ->required()
        ->check(CLI::IsMember({"posted", "leaving", "returned"}));
    bond_->add_option("--mlpt", mlpt_, "thousandths of LPT")->required();
    bond_->add_option("--reference", reference_, "of the transfer; entered once")->required();
    reach(*bond_);
    member_ = app.add_subcommand("member", "Tells a running pool who is a member.");
    member_->add_option("--account", account_, "0x…")->required();
    member_->add_flag("--leaves", leaves_, "it is no member any more");
    reach(*member_);
    correct_ = app.add_subcommand(
        "correct", "Proposes to a transcoder that it has earned more or less than vouchers say."
    );
    correct_->add_option("--account", account_, "0x…")->required();
    auto* way = correct_->add_option_group("way");
    way->add_option("--more", more_, "wei to add to what was earned");
    way->add_option("--less", less_, "wei to take back of what is withheld and not published");
    way->add_flag("--withdraw", withdraw_, "nothing is proposed any more");
    way->require_option(1);
    correct_->add_option("--reason", reason_, "both sign it; entered once");
    reach(*correct_);
}

int OperatorCommand::run() const
{
    if (*export_) return run_export();
    if (*paid_) return run_paid();
    if (*bond_) return run_bond();
    if (*correct_) return run_correct();
    return *member_ ? run_member() : run_close();
}

int OperatorCommand::run_export() const
{
    const auto door = door_of(data_dir_, port_);
    if (!door) return fail(door.error().what);
    const auto found =
        order(*door, {.method = "GET", .path = "/api/v1/payouts/" + std::to_string(epoch_)}, "");
    if (!found) return fail(found.error().what);
    if (format_ == "json") {
        std::printf("%s\n", found->dump(2).c_str());
        return 0;
    }
    std::printf("%s\n", csv_head);
    for (const auto& each : found->at("payouts")) {
        std::printf(
            "%s,%s\n",
            each.at("account").get<std::string>().c_str(),
            each.at("amount").get<std::string>().c_str()
        );
    }
    return 0;
}

int OperatorCommand::run_paid() const
{
    const auto list = read_export(file_);
    if (!list) return fail(list.error().what);
    return run_order(
        "/api/v1/payouts/" + std::to_string(epoch_),
        Json{{"reference", reference_}, {"payouts", *list}}.dump()
    );
}

int OperatorCommand::run_close() const
{
    Json body{{"ruling", ruling_}, {"reason", reason_}};
    if (forfeit_) body["forfeit"] = *forfeit_;
    return run_order("/api/v1/cases/" + account_, body.dump());
}

int OperatorCommand::run_bond() const
{
    const Json body{{"move", move_}, {"mlpt", mlpt_}, {"reference", reference_}};
    return run_order("/api/v1/bonds/" + account_, body.dump());
}

int OperatorCommand::run_member() const
{
    return run_order("/api/v1/members/" + account_, Json{{"member", !leaves_}}.dump());
}

int OperatorCommand::run_correct() const
{
    const std::string path = "/api/v1/corrections/" + account_;
    if (withdraw_) return run_order(path, "", "DELETE");
    Json body{{"reason", reason_}};
    if (more_) body["more"] = *more_;
    if (less_) body["less"] = *less_;
    return run_order(path, body.dump());
}

int OperatorCommand::run_order(
    const std::string& path, const std::string& body, const std::string& method
) const
{
    const auto door = door_of(data_dir_, port_);
    if (!door) return fail(door.error().what);
    const auto entered = order(*door, {.method = method, .path = path}, body);
    if (!entered) return fail(entered.error().what);
    std::printf("%s\n", entered->dump().c_str());
    return 0;
}

}  // namespace millpond
