-- Each request is another person's: the tokens of a file in turn, one a line. Without a header, as many of nobody's.
-- wrk … -- FILE [HEADER BEFORE-THE-TOKEN]
local requests, at = {}, 0

function init(args)
  for token in io.lines(args[1]) do
    if args[2] then
      wrk.headers[args[2]] = args[3] .. token
    end
    requests[#requests + 1] = wrk.format()
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
