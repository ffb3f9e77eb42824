%% Keeps each user within her quota of files in chat: what would not fit is refused before it is sent, in words.
%%
%% ejabberd's own `mod_http_upload_quota` makes room by deleting a user's oldest files, which nobody asked for. Quotas stand
%% in a file for each host that `chat_host` writes, one term a line: {<<"anna">>, 10737418240}. Whoever is not in it has
%% no files. Runs in the process of `mod_http_upload`, one request of a host at a time.
-module(mod_pbx_files).
%% A `gen_mod` of ejabberd's; its headers are not needed, so they need not be there.

-export([start/2, stop/1, reload/3, depends/2, mod_opt_type/1, mod_options/1, mod_doc/0]).
-export([slot/6]).

-define(LIFE, 5 * 60 * 60).
%% Seconds for which `mod_http_upload` takes a file that it gave an address to.

start(_Host, _Options) ->
    {ok, [{hook, http_upload_slot_request, slot, 40}]}.

stop(_Host) ->
    ok.

reload(_Host, _New, _Old) ->
    ok.

depends(_Host, _Options) ->
    [{mod_http_upload, hard}].

mod_opt_type(quotas) ->
    econf:binary().

mod_options(_Host) ->
    [{quotas, <<"">>}].

mod_doc() ->
    #{desc => [<<"Refuses files that a user's quota has no room for.">>]}.

%% What becomes of the wish to send `Size` bytes into `Folder`, the user's own.
slot(allow, Host, Jid, Folder, Size, Lang) ->
    {User, _, _} = jid:tolower(Jid),
    Quota = quota(Host, User),
    Granted = granted(Folder),
    Used = used(Folder, Granted),
    if
        Quota =:= 0 ->
            xmpp:err_not_allowed(says(none, Lang), Lang);
        Used + Size > Quota ->
            xmpp:err_resource_constraint(says({full, Size, Used, Quota}, Lang), Lang);
        true ->
            put({?MODULE, Folder}, Granted ++ [{now_seconds() + ?LIFE, on_disk(Folder), Size}]),
            allow
    end;
slot(Refused, _Host, _Jid, _Folder, _Size, _Lang) ->
    Refused.

quota(Host, User) ->
    Folder = gen_mod:get_module_opt(Host, ?MODULE, quotas),
    case file:consult(<<Folder/binary, $/, Host/binary>>) of
        {ok, Terms} -> proplists:get_value(User, Terms, 0);
        {error, _} -> 0
    end.

%% Addresses that were given and may still be used: until when, what lay there before, how large the file will be.
granted(Folder) ->
    Now = now_seconds(),
    case get({?MODULE, Folder}) of
        undefined -> [];
        Given -> [Each || {Until, _, _} = Each <- Given, Until > Now]
    end.

%% A file that was granted counts whether or not it has come, and once.
used(Folder, []) ->
    on_disk(Folder);
used(Folder, [{_, Before, _} | _] = Granted) ->
    max(on_disk(Folder), Before + lists:sum([Size || {_, _, Size} <- Granted])).

on_disk(Folder) ->
    filelib:fold_files(Folder, "", true, fun(File, Sum) -> Sum + filelib:file_size(File) end, 0).

now_seconds() ->
    erlang:monotonic_time(second).

says(none, <<"sv", _/binary>>) ->
    <<"Ditt abonnemang omfattar inga filer i chatten"/utf8>>;
says(none, _) ->
    <<"Your plan has no files in chat">>;
says({full, Size, Used, Quota}, <<"sv", _/binary>>) ->
    filled("Filen på ~ts får inte plats: ~ts av dina ~ts är använda", [Size, Used, Quota]);
says({full, Size, Used, Quota}, _) ->
    filled("No room for this file of ~ts: ~ts of your ~ts are used", [Size, Used, Quota]).

filled(Format, Sizes) ->
    unicode:characters_to_binary(io_lib:format(Format, [size_of(Each) || Each <- Sizes])).

size_of(Bytes) when Bytes >= 1000000000 -> io_lib:format("~.1f GB", [Bytes / 1000000000]);
size_of(Bytes) when Bytes >= 1000000 -> io_lib:format("~.1f MB", [Bytes / 1000000]);
size_of(Bytes) -> io_lib:format("~.1f kB", [Bytes / 1000]).
