using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Decant.Hosting.Server;

/// <summary>Answers <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal sealed class ModelEndpoint(ServedModels models, TimeProvider? time = null)
{
    // When a model was made is not known; this is since when it is served.
    private readonly long _created = (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds();

    public Task ListAsync(HttpContext context)
        => context.Response.WriteAsJsonAsync(new ModelListBody([.. models.Ids.Select(Body)]), OpenAiJson.Options, context.RequestAborted);

    public Task GetAsync(HttpContext context)
    {
        var id = (string?)context.GetRouteValue("id") ?? "";
        if (!models.Ids.Contains(id))
            throw new ApiException(StatusCodes.Status404NotFound, $"There is no model \"{id}\". Known: {string.Join(", ", models.Ids)}.", "model", "model_not_found");
        return context.Response.WriteAsJsonAsync(Body(id), OpenAiJson.Options, context.RequestAborted);
    }

    private ModelBody Body(string id) => new(id, _created);
}
