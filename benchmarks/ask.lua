-- How wrk asks: each request comes from an address of its own, as from a town, and a card that is sent is a new one.
-- Arguments after `--`: get | page | api, then the Cookie and the Authorization header, «-» for none.
local kind, headers, count, seed = "get", {}, 0, ""

function init(args)
  kind = args[1]
  if args[2] ~= "-" then headers["Cookie"] = args[2] end
  if args[3] ~= "-" then headers["Authorization"] = args[3] end
  local file = io.open("/dev/urandom", "rb")
  local bytes = file:read(8)
  file:close()
  for at = 1, 8 do seed = seed .. string.format("%02x", bytes:byte(at)) end
  math.randomseed(bytes:byte(1) * 65536 + bytes:byte(2) * 256 + bytes:byte(3))
end

local function key()
  count = count + 1
  return string.format("%s-%s-4%s-8%s-%012x", seed:sub(1, 8), seed:sub(9, 12), seed:sub(13, 15), seed:sub(14, 16), count)
end

function request()
  headers["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.random(0, 255), math.random(0, 255), math.random(1, 254))
  if kind == "page" then
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    local body = "text=Hull+i+veien+ved+skolen&name=Kari+Nordmann&address=Storgata+1&phone=33181000&email=kari%40example.org"
      .. "&csrfmiddlewaretoken=" .. string.rep("a", 32) .. "&key=" .. key()
    return wrk.format("POST", nil, headers, body)
  elseif kind == "api" then
    headers["Content-Type"] = "application/json"
    headers["Idempotency-Key"] = key()
    return wrk.format("POST", nil, headers,
      '{"text":"Hull i veien","submitter":{"name":"Kari Nordmann","phone":"33181000","email":"kari@example.org"}}')
  end
  return wrk.format("GET", nil, headers)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nJSON {"requests": %d, "seconds": %.3f, "p50_ms": %.2f, "p95_ms": %.2f, "p99_ms": %.2f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
