-- Each request is another person's: the tokens of a file in turn, one a line.
-- wrk … -- FILE HEADER BEFORE-THE-TOKEN
local requests, at = {}, 0

function init(args)
  for token in io.lines(args[1]) do
    wrk.headers[args[2]] = args[3] .. token
    requests[#requests + 1] = wrk.format()
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
