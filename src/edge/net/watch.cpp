#include "edge/net/watch.hpp"

#include "edge/net/internal/inside.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

namespace millpond::net {

struct Watch::Inside : std::enable_shared_from_this<Inside> {
    Inside(Loop& loop, int watched, std::function<void()> then)
        : descriptor(loop.inside().io, watched),
          readable(std::move(then))
    {
    }

    void wait()
    {
        descriptor.async_wait(
            boost::asio::posix::stream_descriptor::wait_read,
            [self = shared_from_this()](const boost::system::error_code& error) {
                if (self->over || error) return;
                self->readable();
                if (!self->over) self->wait();
            }
        );
    }

    boost::asio::posix::stream_descriptor descriptor;
    std::function<void()> readable;
    bool over = false;
};

Watch::Watch(Loop& loop, int descriptor, std::function<void()> readable)
    : inside_(std::make_shared<Inside>(loop, descriptor, std::move(readable)))
{
    inside_->wait();
}

Watch::~Watch()
{
    inside_->over = true;
    inside_->descriptor.release();
}

}  // namespace millpond::net
