using Decant.Hosting;
using Decant.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the HTTP server's endpoints.</summary>
public static class DecantEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps OpenAI's API under <c>/v1</c> (chat and plain completions, embeddings, models), the playground's page to <c>/</c> and what it asks for under <c>/decant</c>. All but the page's files is behind the keys
    /// and limits of <see cref="DecantServerOptions"/>.
    /// </summary>
    /// <param name="endpoints">The application, or a group of its routes.</param>
    /// <returns>The endpoints, for conventions that all of them are to have.</returns>
    /// <exception cref="InvalidOperationException"><c>AddDecantServer</c> was not called.</exception>
    public static IEndpointConventionBuilder MapDecant(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var guard = services.GetService<EndpointGuard>() ?? throw new InvalidOperationException("MapDecant needs services: call builder.Services.AddDecantServer() first.");
        var all = endpoints.MapGroup("");
        ((IEndpointConventionBuilder)all).Add(endpoint => endpoint.RequestDelegate = guard.Wrap(endpoint.RequestDelegate!));

        var openAi = all.MapGroup("/v1").WithMetadata(new OpenAiErrors());
        openAi.MapOnly("/chat/completions", HttpMethods.Post, services.GetRequiredService<ChatEndpoint>().AnswerAsync);
        openAi.MapOnly("/completions", HttpMethods.Post, services.GetRequiredService<CompletionEndpoint>().AnswerAsync);
        openAi.MapOnly("/embeddings", HttpMethods.Post, services.GetRequiredService<EmbeddingEndpoint>().AnswerAsync);
        openAi.MapOnly("/models", HttpMethods.Get, services.GetRequiredService<ModelEndpoint>().ListAsync);
        openAi.MapOnly("/models/{**id}", HttpMethods.Get, services.GetRequiredService<ModelEndpoint>().GetAsync);
        openAi.Map("/{**path}", context => throw new ApiException(StatusCodes.Status404NotFound,
            $"There is nothing at {context.Request.Path}. There are: chat/completions, completions, embeddings, models."));
        endpoints.MapPlayground(all);
        return all;
    }
}
