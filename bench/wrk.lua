-- For wrk: many addresses by turns, if a file of them is given, and the outcome as one line of JSON.

function init(args)
   if not args[1] then return end -- one address: wrk prepares the request once
   local requests, turn = {}, 0
   for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
   function request()
      turn = turn % #requests + 1
      return requests[turn]
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '{"requests": %d, "microseconds": %d, "bytes": %d, "errors": %d, "refused": %d, "p50": %d, "p99": %d}\n',
      summary.requests, summary.duration, summary.bytes,
      errors.connect + errors.read + errors.write + errors.timeout, errors.status, -- status: 400 and above
      latency:percentile(50), latency:percentile(99)
   ))
end
