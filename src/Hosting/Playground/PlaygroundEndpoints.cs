using Decant.Hosting.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Decant.Hosting;

/// <summary>The playground: a page that tries out decoding, and what it has to know of the server.</summary>
internal static class PlaygroundEndpoints
{
    /// <summary>Maps the page to <c>/</c>, its files to <c>/playground</c>, and <c>/decant/schema</c> and <c>/decant/load</c>.</summary>
    /// <param name="endpoints">For the files: they tell nothing of the server, and browsers ask for them without a key.</param>
    /// <param name="guarded">For the rest, with the server's keys and limits; <c>/v1/chat/completions</c> and <c>/v1/models</c>, which the page calls, lie beside it.</param>
    public static void MapPlayground(this IEndpointRouteBuilder endpoints, IEndpointRouteBuilder guarded)
    {
        foreach (var file in PlaygroundFile.All) endpoints.MapGet(file.Route, file.Get).ExcludeFromDescription();
        guarded.MapOnly("/decant/schema", HttpMethods.Get, context => Results.Text(DecodingSchema.Json, "application/json").ExecuteAsync(context));
        guarded.MapOnly("/decant/load", HttpMethods.Get, context => LoadReport.Get(context.RequestServices).ExecuteAsync(context));
    }
}
