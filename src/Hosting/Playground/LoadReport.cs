using System.Text.Json;
using Decant.Connectors.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Decant.Hosting;

/// <summary>What the served models are doing: <see cref="ClientLoad"/> by model id. A model that is not loaded yet is not in it.</summary>
internal static class LoadReport
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IResult Get(IServiceProvider services)
    {
        var report = new Dictionary<string, ClientLoad>();
        var loaded = services.GetService<LoadedClients>();
        foreach (var model in services.GetServices<ServedModel>())
        {
            if (loaded?.Find(model) is { } client) report[model.Id] = client.GetLoad();
        }

        return Results.Json(report, _json);
    }
}
