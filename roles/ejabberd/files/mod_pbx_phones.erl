%% Tells `pbx-chat-phones` whose programs come, go, and what they say of her: a datagram for each, fields between tabs.
%%
%% Where nobody listens it is lost; who begins to listen asks the daemon who is there.
-module(mod_pbx_phones).

%% A `gen_mod` of ejabberd's; its headers are not needed, so they need not be there.

-export([start/2, stop/1, reload/3, depends/2, mod_options/1, mod_doc/0]).
-export([shown/4, gone/4]).

-define(EVENTS, "/run/pbx-chat-phones/events").

start(_Host, _Options) ->
    {ok, [{hook, set_presence_hook, shown, 50}, {hook, unset_presence_hook, gone, 50}]}.

stop(_Host) ->
    ok.

reload(_Host, _New, _Old) ->
    ok.

depends(_Host, _Options) ->
    [].

mod_options(_Host) ->
    [].

mod_doc() ->
    #{desc => [<<"Tells whose programs come and go.">>]}.

shown(User, Server, Resource, Presence) ->
    Show = fxml:get_path_s(xmpp:encode(Presence), [{elem, <<"show">>}, cdata]),
    tell([User, Server, Resource, Show]).

gone(User, Server, Resource, _Status) ->
    tell([User, Server, Resource, <<"unavailable">>]).

tell(Fields) ->
    case gen_udp:open(0, [local]) of
        {ok, Socket} ->
            _ = gen_udp:send(Socket, {local, ?EVENTS}, 0, lists:join(<<"\t">>, Fields)),
            gen_udp:close(Socket);
        {error, _} ->
            ok
    end.
