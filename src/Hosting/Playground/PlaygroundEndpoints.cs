using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Decant.Hosting;

/// <summary>The playground: a page that tries out decoding, and what it has to know of the server.</summary>
internal static class PlaygroundEndpoints
{
    /// <summary>Maps the page to <c>/</c>, its files to <c>/playground</c>, and <c>/decant/schema</c> and <c>/decant/load</c>.</summary>
    /// <param name="endpoints">Where <c>/v1/chat/completions</c> and <c>/v1/models</c> are mapped too: the page calls them.</param>
    /// <returns>The endpoints that tell something of the server, without the page's files: the API keys' filter belongs on these.</returns>
    public static RouteGroupBuilder MapPlayground(this IEndpointRouteBuilder endpoints)
    {
        foreach (var file in PlaygroundFile.All) endpoints.MapGet(file.Route, file.Get).ExcludeFromDescription();
        var decant = endpoints.MapGroup("/decant");
        decant.MapGet("/schema", () => Results.Text(DecodingSchema.Json, "application/json"));
        decant.MapGet("/load", (HttpContext context) => LoadReport.Get(context.RequestServices));
        return decant;
    }
}
