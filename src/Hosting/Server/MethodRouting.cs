using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Decant.Hosting.Server;

/// <summary>Maps endpoints that have one method.</summary>
internal static class MethodRouting
{
    /// <summary>Answers one method. What comes by others gets to the endpoints' guard too, which answers preflights, and is then 405.</summary>
    public static void MapOnly(this IEndpointRouteBuilder endpoints, string pattern, string method, RequestDelegate answer)
    {
        endpoints.MapMethods(pattern, [method], answer);

        // Routing prefers an endpoint that names its method, so this one gets the others.
        endpoints.Map(pattern, context =>
        {
            context.Response.Headers.Allow = method;
            throw new ApiException(StatusCodes.Status405MethodNotAllowed, $"{context.Request.Path} takes {method}, not {context.Request.Method}.");
        });
    }
}
