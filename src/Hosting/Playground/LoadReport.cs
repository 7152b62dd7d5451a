using System.Text.Json;
using Decant.Connectors.Chat;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Decant.Hosting;

/// <summary>What the served models are doing: <see cref="ClientLoad"/> by model id. A model that is not loaded yet is not in it.</summary>
internal static class LoadReport
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IResult Get(IServiceProvider services)
    {
        var report = new Dictionary<string, ClientLoad>();
        foreach (var model in services.GetServices<ServedModel>())
        {
            // To resolve a client would load its model.
            var isLoaded = services.GetKeyedService<ModelReadiness>(model.ServiceKey) is { State: ModelState.Ready or ModelState.WarmingUp };
            if (isLoaded) report[model.Id] = services.GetRequiredKeyedService<IChatClient>(model.ServiceKey).GetRequiredService<LocalChatClient>().GetLoad();
        }

        return Results.Json(report, _json);
    }
}
